import Foundation
import HTTPTypes
import Hummingbird
import Store

/// `…/jobs/<hook>/log/search?q=text`: the numbers of the lines that hold a text; with `regex` that match a POSIX extended
/// expression; with `errors` instead of `q` those that tell of errors. The whole log is looked through, or what begins with
/// line `from`, for two seconds at most: the page asks on, and marks meanwhile what was found.
///
/// ```
/// {"hits":[17,2044],"count":2,"lines":2000000,"isComplete":true}
/// ```
/// `count` goes on after the last of `hits`; `lines` says how far the search went. Few searches run at once, because each
/// takes a processor; those beyond wait a little, or are refused with 503, as are more than two of one caller.
struct LogSearchEndpoint: Sendable {
    var store: Store
    var lookup: PageLookup
    var indexes: LogIndexes
    var admission: Admission
    let slots = SearchSlots()

    /// Read at once. What is looked for goes over all of it before any line is looked at closely, so it is not more.
    private static let chunk = 512 << 10
    private static let hitLimit = 5000
    private static let textLimit = 1000
    private static let patience = Duration.seconds(2)
    /// How long a search keeps a thread: others need one of the few as well.
    private static let turn = Duration.milliseconds(100)

    private struct Answer: Encodable {
        var hits: [Int] = []
        var count = 0
        var lines = 0
        var isComplete = false
    }

    private struct Refusal: Encodable { var problem: String }

    func add(to router: Router<WebContext>) {
        router.get(JobAddress.page, "log/search", and: JobAddress.api, admission) { request, context in
            let project = try await lookup.project(context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.jobWithLog(request, context, of: build)
            let log = store.logs.reader(job.id)
            let query = request.uri.queryParameters
            do {
                let from = query["from"].flatMap { Int($0) } ?? 1
                let index = indexes.index(of: job.id)
                let caller = admission.caller(request, context)
                return JSONResponse.make(
                    try await slots.run(for: caller) { try await search(log, try pattern(query), from: from, index) })
            } catch let problem as POSIXExpression.Problem {
                if APIGate.covers(request) { throw APIProblem.badRequest(problem.description) }
                return JSONResponse.make(Refusal(problem: problem.description), status: .badRequest)
            }
        }
    }

    private func pattern(_ query: Parameters) throws -> LogPattern {
        if query["errors"] != nil { return try LogPattern.errors() }
        let text = query["q"].map(String.init) ?? ""
        guard !text.isEmpty, text.utf8.count <= Self.textLimit else {
            throw POSIXExpression.Problem("a text of 1 to \(Self.textLimit) bytes is looked for")
        }
        return query["regex"] == nil ? LogPattern(text: text) : LogPattern(expression: try POSIXExpression(text))
    }

    private func search(
        _ log: LogReader, _ pattern: LogPattern, from first: Int, _ index: LogIndex
    ) async throws -> Answer {
        var answer = Answer()
        var position: Int64 = 0
        if first > 1 {
            try await index.update()
            let mark = await index.mark(line: first - 1)
            (answer.lines, position) = (mark.lines, mark.offset)
        }
        // To find the place in a log that nobody has read is no part of the search.
        let deadline = ContinuousClock.now + Self.patience
        var rest: [UInt8] = []
        while ContinuousClock.now < deadline {
            try Task.checkCancellation()
            let bytes = try await log.read(from: position, count: Self.chunk)
            position += Int64(bytes.count)
            // Whole lines; the last one of the log may lack its line break, and a line that is larger than a piece is
            // looked at in parts of which only the first counts as a line.
            var piece = rest + bytes
            if bytes.isEmpty {
                if piece.isEmpty { answer.isComplete = true } else { piece.append(0x0A) }
            }
            guard let end = piece.lastIndex(of: 0x0A) else {
                guard !bytes.isEmpty else { break }
                rest = piece.count > 2 * Self.chunk ? Array(piece.prefix(LogWindow.lineLimit)) : piece
                continue
            }
            rest = Array(piece[(end + 1)...])
            piece.removeSubrange((end + 1)...)
            while !piece.isEmpty {
                let found = pattern.lines(piece, until: min(deadline, .now + Self.turn))
                let hits = found.hits.map { answer.lines + $0 + 1 }.drop { $0 < first }
                answer.count += hits.count
                answer.hits += hits.prefix(max(0, Self.hitLimit - answer.hits.count))
                answer.lines += found.count
                piece.removeSubrange(..<found.end)
                guard piece.isEmpty || ContinuousClock.now < deadline else { return answer }
                await Task.yield()
            }
            if bytes.isEmpty {
                answer.isComplete = true
                break
            }
        }
        return answer
    }
}
