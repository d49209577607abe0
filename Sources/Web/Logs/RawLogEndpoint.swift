import HTTPTypes
import Hummingbird
import NIOCore
import Store

/// `…/jobs/<hook>/log`: the log as it was written, with range requests. Of a job that still runs it is what there is.
struct RawLogEndpoint: Sendable {
    var store: Store
    var lookup: PageLookup

    /// Bytes that are read and written at a time; the client's reading sets the pace.
    private static let chunk = 256 << 10

    func add(to router: Router<WebContext>) {
        router.get(JobAddress.page, "log", and: JobAddress.api) { request, context in
            let project = try await lookup.project(context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            return try await answer(request, store.logs.reader(job.id))
        }
    }

    private func answer(_ request: Request, _ log: LogReader) async throws -> Response {
        let size = try await log.size()
        var headers: HTTPFields = [
            .contentType: "text/plain; charset=utf-8", .acceptRanges: "bytes", .cacheControl: "private, no-cache",
        ]
        switch ByteRange(request.headers[.range], size: size) {
        case .whole:
            return Response(status: .ok, headers: headers, body: body(log, 0..<size))
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
            return Response(status: .partialContent, headers: headers, body: body(log, range))
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(size)"
            return Response(status: .rangeNotSatisfiable, headers: headers)
        }
    }

    private func body(_ log: LogReader, _ range: Range<Int64>) -> ResponseBody {
        ResponseBody(contentLength: range.count) { writer in
            var position = range.lowerBound
            while position < range.upperBound {
                let bytes = try await log.read(
                    from: position, count: min(Self.chunk, Int(range.upperBound - position)))
                // A log that was removed meanwhile: the length was promised, so the connection has to break.
                guard !bytes.isEmpty else { throw HTTPError(.gone) }
                try await writer.write(ByteBuffer(bytes: bytes))
                position += Int64(bytes.count)
            }
            try await writer.finish(nil)
        }
    }
}
