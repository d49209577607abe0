import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Store

/// `/<owner>/<repo>/avatars/<login>`: the picture of somebody who wrote a build of the project, for who may see that.
///
/// Everybody else's picture does not exist here, whether it is kept for another project or not.
struct AvatarEndpoint: Sendable {
    var store: Store
    var lookup: PageLookup

    func add(to router: Router<WebContext>) {
        router.get("{owner}/{repo}/avatars/{login}") { request, context in
            let project = try await lookup.project(context)
            guard let login = AccountName(try context.parameters.require("login")),
                let picture = try await store.avatar(login, of: project.id)
            else { throw HTTPError(.notFound) }
            let tag = "\"\(picture.tag)\""
            // Only the browser keeps it: a cache between here and there would serve who may not see it.
            let headers: HTTPFields = [
                .contentType: picture.type, .eTag: tag, .cacheControl: "private, max-age=86400",
            ]
            if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
            return Response(
                status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: picture.bytes)))
        }
    }
}
