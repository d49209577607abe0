import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Store
import Zlib

/// `…/jobs/<hook>/log`: the log as it was written, with range requests; `?download` is a gzip file of it. Of a job that still
/// runs it is what there is.
struct RawLogEndpoint: Sendable {
    var store: Store
    var lookup: PageLookup
    var admission: Admission

    /// Bytes that are read and written at a time; the client's reading sets the pace.
    private static let chunk = 256 << 10

    func add(to router: Router<WebContext>) {
        router.get(JobAddress.page, "log", and: JobAddress.api, admission) { request, context in
            let project = try await lookup.project(context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.jobWithLog(request, context, of: build)
            let log = store.logs.reader(job.id)
            guard request.uri.queryParameters["download"] == nil else {
                let name = "\(project.repository.name)-\(build.number)-\(job.hook)-\(job.attempt).log.gz"
                return try await file(named: name, log)
            }
            return try await answer(request, log)
        }
    }

    private func answer(_ request: Request, _ log: LogReader) async throws -> Response {
        let size = try await log.size()
        var headers: HTTPFields = [
            .contentType: "text/plain; charset=utf-8", .acceptRanges: "bytes", .cacheControl: "private, no-cache",
        ]
        // A log has no validator, so none that is sent can be its own: then the whole is meant (RFC 9110, section 13.1.5).
        let range = request.headers[.ifRange] == nil ? request.headers[.range] : nil
        switch ByteRange(range, size: size) {
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

    /// - Parameter name: letters, digits and the signs that GitHub allows in names, so it needs no quoting.
    private func file(named name: String, _ log: LogReader) async throws -> Response {
        let size = try await log.size()
        let headers: HTTPFields = [
            .contentType: "application/gzip", .cacheControl: "private, no-cache",
            .contentDisposition: "attachment; filename=\"\(name)\"",
        ]
        let body = ResponseBody { writer in
            let gzip = try GzipStream()
            var position: Int64 = 0
            while position < size {
                let bytes = try await log.read(from: position, count: min(Self.chunk, Int(size - position)))
                guard !bytes.isEmpty else { throw HTTPError(.gone) }
                position += Int64(bytes.count)
                let ready = try gzip.compress(bytes)
                if !ready.isEmpty { try await writer.write(ByteBuffer(bytes: ready)) }
            }
            try await writer.write(ByteBuffer(bytes: try gzip.end()))
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
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
