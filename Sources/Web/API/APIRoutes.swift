import HTTPTypes
import Hummingbird
import NIOCore
import OpenSSL
import Store

/// `/_api/v1`: what the pages show and do, for programs. `Schemas/openapi.json` describes it, and a test holds both to
/// each other.
///
/// The same lookups, queries and access decisions serve the pages: nothing is seen or done here that the page would
/// refuse.
struct APIRoutes: Sendable {
    var store: Store
    var lookup: PageLookup
    var configuration: WebConfiguration
    var overview: StoreCache<[ProjectOverview]>
    var indexes: LogIndexes
    var metrics: MetricsSources

    /// Where all of it is.
    static let root = "_api/v1"
    /// Entries of a page of a list.
    private static let pageLengths = 1...200

    func add(to router: Router<WebContext>) {
        addDescription(to: router)
        addProjects(to: router)
        addBuilds(to: router)
        addRefs(to: router)
        addSessions(to: router)
        addLogLines(to: router)
        addActions(to: router)
        addBisections(to: router)
        addAdministration(to: router)
    }

    /// `openapi.json`: everybody may have it.
    private func addDescription(to router: Router<WebContext>) {
        let bytes = PackageResources.openapi_json
        let tag = "\"\(Hex.encode(SHA256.hash(bytes)).prefix(16))\""
        router.get("\(Self.root)/openapi.json") { request, _ in
            let headers: HTTPFields = [
                .contentType: "application/json; charset=utf-8", .eTag: tag, .cacheControl: "no-cache",
                .accessControlAllowOrigin: "*",
            ]
            if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        }
    }

    /// How many entries a page of a list has: `limit`, 50 unless said otherwise.
    static func limit(_ request: Request) throws -> Int {
        guard let text = request.uri.queryParameters["limit"] else { return 50 }
        guard let limit = Int(text), pageLengths.contains(limit) else {
            throw APIProblem.badRequest("limit is a number from 1 to \(pageLengths.upperBound).")
        }
        return limit
    }

    /// A text of the query, bounded.
    static func text(_ name: String, _ request: Request) throws -> String? {
        guard let text = request.uri.queryParameters[name[...]] else { return nil }
        guard (1...500).contains(text.utf8.count) else {
            throw APIProblem.badRequest("\(name) has 1 to 500 bytes.")
        }
        guard !text.utf8.contains(0) else { throw APIProblem.badRequest("\(name) has no NUL in it.") }
        return String(text)
    }

    /// Where a list goes on, if it is a number.
    static func number<Number: FixedWidthInteger>(_ name: String, _ request: Request) throws -> Number? {
        guard let text = try text(name, request) else { return nil }
        guard let number = Number(text) else { throw APIProblem.badRequest("\(name) is a number.") }
        return number
    }
}
