import Foundation
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import ServiceLifecycle
import Store

/// `…/jobs/<hook>/log/events`: the log as server-sent events, from a byte on, until the job has ended.
///
/// ```
/// id: 131          the offset after this piece: what Last-Event-ID (or ?offset=) resumes from
/// event: log
/// data: {"offset":100,"time":1754560800000,"later":[2,40],"text":"…"}
///
/// id: 131
/// event: end
/// data: {"state":"failure","reason":"…"}
/// ```
/// `time` is when the piece's first byte came, in milliseconds since 1970, where the log says it. `later` is there when
/// lines of the piece came later: pairs of a line's number in the piece, from 0, and the milliseconds after `time`; a line
/// without a pair came with the one before.
///
/// Pieces end between characters, so that texts can be joined; bytes that are not UTF-8 are replaced, and then there is
/// `bytes`, the whole piece in Base64. Finished and
/// running jobs are served alike. A slow reader gets the pieces at its own pace; nothing is kept for it in memory. All who
/// watch the same log share one look at it, see `LogFeeds`. Of a log that somebody deleted who asks to go on gets the `end`, and
/// who asks for all of it 410.
struct LogEventsEndpoint: Sendable {
    var store: Store
    var lookup: PageLookup
    var feeds: LogFeeds

    func add(to router: Router<WebContext>) {
        router.get(JobAddress.page, "log/events", and: JobAddress.api) { request, context in
            let project = try await lookup.project(context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            let place = offset(request)
            let start = place ?? 0
            let headers: HTTPFields = [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
                // Proxies such as nginx collect answers unless they are told not to.
                .accelBuffering: "no",
            ]
            if let deletion = job.logDeletion {
                // Who saw its beginning is told of its end: a browser takes an error for a lost connection.
                guard place != nil else { throw PageLookup.gone(job, deletion) }
                let end = LogStreamEvent.end(job, at: start)
                return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: end))
            }
            return Response(
                status: .ok, headers: headers,
                body: ResponseBody { writer in
                    // A browser that goes away must not leave a writer behind that waits for the job's end.
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        try await stream(job.id, from: start, &writer) { await mayGoOn(project, request) }
                    }
                    try await writer.finish(nil)
                })
        }
    }

    /// Where it goes on, if that is said.
    private func offset(_ request: Request) -> Int64? {
        let text = request.headers[.lastEventID] ?? request.uri.queryParameters["offset"].map(String.init)
        return text.map { max(0, Int64($0) ?? 0) }
    }

    /// Whether the reader may still see the project: a stream can stay open for longer than a role lasts.
    private func mayGoOn(_ project: ProjectRecord, _ request: Request) async -> Bool {
        guard let current = try? await store.project(id: project.id) else { return false }
        return lookup.policy.mayRead(current, await lookup.viewer(of: request))
    }

    private func stream(
        _ jobID: Int64, from start: Int64, _ writer: inout any ResponseBodyWriter, mayGoOn: () async -> Bool
    ) async throws {
        let watcher = feeds.watch(jobID)
        defer { watcher.leave() }
        try await withGracefulShutdownHandler {
            var position = start
            // Open only as long as the file is read.
            var log: LogReader?
            var checked = ContinuousClock.now
            for await _ in watcher.wakes {
                if checked.duration(to: .now) >= LogFeeds.heartbeat * 0.9 {
                    guard await mayGoOn() else { return }
                    try await writer.write(ByteBuffer(string: ": still here\n\n"))
                    checked = .now
                }
                sending: while true {
                    switch watcher.feed.next(after: position) {
                    case .pieces(let events, let end):
                        try await writer.write(contentsOf: events)
                        position = end
                        log = nil
                    case .file(let end):
                        let reader = log ?? store.logs.reader(jobID)
                        log = reader
                        position = try await send(reader, from: position, until: end, &writer)
                    case .nothing: break sending
                    case .end(let job):
                        if let job { try await writer.write(LogStreamEvent.end(job, at: position)) }
                        return
                    }
                }
            }
        } onGracefulShutdown: {
            watcher.finish()
        }
    }

    /// Sends a piece of the file. Answers where it ended.
    private func send(
        _ log: LogReader, from start: Int64, until end: Int64, _ writer: inout any ResponseBodyWriter
    ) async throws -> Int64 {
        let bytes = try await log.read(from: start, count: Int(min(end - start, Int64(LogFeed.chunk))))
        let isWhole = start + Int64(bytes.count) == end
        let length = isWhole ? bytes.count : UTF8Boundary.wholeCharacters(bytes)
        // The log was removed meanwhile.
        guard length > 0 else { return end }
        let next = start + Int64(length)
        try await writer.write(
            LogStreamEvent.log(bytes.prefix(length), at: start, try await log.chunks(in: start..<next)))
        return next
    }
}
