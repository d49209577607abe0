import HTTPTypes
import Hummingbird
import Model
import NIOCore
import OpenSSL
import Store

/// `/_badges/<owner>/<repo>.svg?ref=main&hook=tests`: a small picture for a README.
///
/// It shows what the jobs that really ran there said last: a skipped one reports success, and says nothing about the branch.
/// A project that a stranger may not see and one that does not exist have the same badge. GitHub's image proxy keeps
/// pictures unless it is told not to.
struct BadgeEndpoint: Sendable {
    var store: Store
    var lookup: PageLookup
    var readers: TokenReaders

    func add(to router: Router<WebContext>) {
        router.get("_badges/{owner}/{repo}.svg") { request, context in
            let owner = try context.parameters.require("owner")
            let repo = try context.parameters.require("repo")
            return try await readers.answer(request, context) { context in
                try answer(request, await state(request, owner, repo, context.viewer))
            }
        }
    }

    private func state(
        _ request: Request, _ owner: String, _ repo: String, _ viewer: Viewer
    ) async throws -> StateMark? {
        guard let project = try? await lookup.project(owner, repo, for: viewer) else { return nil }
        let wanted = request.uri.queryParameters["ref"].map(String.init) ?? project.defaultBranch ?? "main"
        guard let ref = try await lookup.ref(wanted, of: project),
            let build = try await store.latestBuild(project.id, ref: ref)
        else { return nil }
        guard let text = request.uri.queryParameters["hook"] else {
            return StateMark(build.standing.state)
        }
        guard let hook = HookID(String(text)) else { return nil }
        return try await store.standing(of: build, hook).map { StateMark($0) }
    }

    private func answer(_ request: Request, _ mark: StateMark?) throws -> Response {
        let picture = Self.picture(
            mark?.word.lowercased() ?? "unknown", colour: Assets.colours[mark?.name ?? ""] ?? "#6b7280")
        let tag = "\"\(Hex.encode(SHA256.hash(Array(picture.utf8))).prefix(16))\""
        let headers: HTTPFields = [
            .contentType: "image/svg+xml; charset=utf-8", .cacheControl: "no-cache", .eTag: tag,
        ]
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: picture)))
    }

    private static func picture(_ word: String, colour: String) -> String {
        let width = 50 + word.count * 7 + 14
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="20" role="img" aria-label="build: \(word)">\
            <title>build: \(word)</title>\
            <rect width="\(width)" height="20" rx="4" fill="#30343f"/>\
            <path d="M46 0h\(width - 50)a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H46z" fill="\(colour)"/>\
            <g fill="#fff" font-family="system-ui,sans-serif" font-size="12">\
            <text x="9" y="14">build</text><text x="54" y="14">\(word)</text></g></svg>
            """
    }
}
