import HTTPTypes
import Hummingbird
import NIOCore

/// How pages travel: not again when the browser has them, and small when everybody may read them. Open pages ask every few
/// seconds how things stand, and mostly as they did.
///
/// What is only for somebody is not compressed: a page shows words of its address (what a filter looks for), and how well
/// they compress would tell a listener who makes a browser ask again and again whether they stand elsewhere on the page: in
/// the token of its forms, or in a message of a private project. Tags have no such length.
struct PageTransfer: RouterMiddleware {
    typealias Context = WebContext

    /// Whether strangers see private projects.
    var showsPrivate: Bool

    /// The type of pages.
    static let type = "text/html; charset=utf-8"

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard request.method == .get, response.status == .ok, response.headers[.contentType] == Self.type else {
            return response
        }
        let collector = Collector()
        try await response.body.write(collector)
        let page = Array(collector.content.readableBytesView)
        let tag = PageTag(page)
        let isPublic = context.viewer.person == nil && !showsPrivate
        if isPublic { response.headers[.vary] = "Accept-Encoding" }
        response.headers[.eTag] = tag.header()
        if let known = request.headers[.ifNoneMatch], tag.matches(known) {
            return Response(status: .notModified, headers: response.headers)
        }
        if isPublic, Gzip.isAccepted(by: request), let small = Gzip.compress(page, level: 1) {
            response.headers[.eTag] = tag.header("gzip")
            response.headers[.contentEncoding] = "gzip"
            response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: small))
        } else {
            response.body = ResponseBody(byteBuffer: collector.content)
        }
        return response
    }

    /// Keeps what is written.
    private final class Collector: ResponseBodyWriter {
        private(set) var content = ByteBuffer()

        func write(_ buffer: ByteBuffer) {
            if content.readableBytes == 0 { content = buffer } else { content.writeImmutableBuffer(buffer) }
        }

        func finish(_ trailingHeaders: HTTPFields?) {}
    }
}
