import Foundation
import HTTPTypes
import Hummingbird
import Store

/// `…/jobs/<hook>/log/lines?from=120000&count=300`: lines from anywhere in a log, ready to be shown. `times` adds when each
/// of them came, in milliseconds since 1970.
///
/// ```
/// {"first":120000,"html":["…"],"times":[…],"total":2000000,"size":209715200}
/// ```
struct LogLinesEndpoint: Sendable {
    var store: Store
    var lookup: PageLookup
    var indexes: LogIndexes

    private struct Answer: Encodable {
        var first: Int
        var html: [String]
        var times: [Int64]?
        var total: Int
        var size: Int64
    }

    func add(to router: Router<WebContext>) {
        router.get("{owner}/{repo}/builds/{number}/jobs/{hook}/log/lines") { request, context in
            let project = try await lookup.project(context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.jobWithLog(request, context, of: build)
            let query = request.uri.queryParameters
            let index = indexes.index(of: job.id)
            let extent = try await index.update()
            let log = store.logs.reader(job.id)
            let window = try await LogWindow(
                log, index, first: query["from"].flatMap { Int($0) } ?? 1,
                count: query["count"].flatMap { Int($0) } ?? LogWindow.lineCount.upperBound)
            var answer = Answer(first: window.first, html: window.html, total: extent.lines, size: extent.size)
            if query["times"] != nil {
                answer.times = try await log.times(at: window.lines.map(\.offset))
                    .map { Int64(($0.timeIntervalSince1970 * 1000).rounded()) }
            }
            return JSONResponse.make(answer)
        }
    }
}
