import Hummingbird
import Store

/// Lines of a log, for programs.
package struct LogLinesDocument: Codable, Sendable {
    /// The number of the first one, from 1.
    package var first: Int
    /// The lines as they were written, without their line breaks; bytes that are not UTF-8 are replaced.
    package var lines: [String]
    /// How many bytes of each line are left out, where a line is longer than is shown; absent when none is.
    package var omitted: [Int]?
    /// How many lines the log has now.
    package var total: Int
    /// How many bytes the log has now.
    package var size: Int64
}

extension APIRoutes {
    /// The raw log, its events and the search are the pages' own; lines are text here.
    func addLogLines(to router: Router<WebContext>) {
        router.get("\(JobAddress.api)/log/lines") { request, context in
            let project = try await lookup.project(context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.jobWithLog(request, context, of: build)
            let first: Int = try Self.number("from", request) ?? 1
            let count: Int = try Self.number("count", request) ?? LogWindow.lineCount.upperBound
            guard LogWindow.lineCount.contains(count), first >= 1 else {
                throw APIProblem.badRequest("from begins with 1; count is a number from 1 to 1000.")
            }
            let index = indexes.index(of: job.id)
            let extent = try await index.update()
            let window = try await LogWindow(store.logs.reader(job.id), index, first: first, count: count)
            let omitted = window.lines.map(\.omitted)
            return JSONResponse.make(
                LogLinesDocument(
                    first: window.first, lines: window.lines.map { String(decoding: $0.bytes, as: UTF8.self) },
                    omitted: omitted.contains { $0 > 0 } ? omitted : nil, total: extent.lines, size: extent.size))
        }
    }
}
