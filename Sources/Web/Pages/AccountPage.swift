import Hummingbird
import Store

/// `/_account`: who is signed in, where else, and how to end that.
struct AccountPage: Sendable {
    var store: Store
    var renderer: PageRenderer
    var gitHubURL: String

    func add(to router: Router<WebContext>) {
        router.get("_account") { _, context in
            guard let session = context.viewer.person?.session else { throw HTTPError(.notFound) }
            let all = try await store.sessions(ofPerson: session.personID)
            return await renderer.page(
                "account",
                Page(
                    title: "Account",
                    values: [
                        "login": session.login, "name": session.name, "gitHubURL": "\(gitHubURL)/\(session.login)",
                        "roleCount": Count.text(session.levels.count, "project"),
                        "readsAdminRepository": session.readsAdminRepository,
                        "sessions": all.map { other -> PageValues in
                            [
                                "isCurrent": other.hash == session.hash, "since": Moment.html(other.createdAt),
                                "seen": Moment.html(other.seenAt),
                            ]
                        },
                        "hasOthers": all.count > 1,
                    ]), for: context.viewer)
        }
    }
}
