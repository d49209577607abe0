import Hummingbird
import Store

/// What the account page shows and does. A token is no session: it can end those of its person, and goes on itself until
/// GitHub takes it back.
extension APIRoutes {
    private static let sessionLimit = 200

    func addSessions(to router: Router<WebContext>) {
        router.get("\(Self.root)/user/sessions") { _, context in
            JSONResponse.make(try await sessions(context))
        }
        router.post("\(Self.root)/user/sessions/end") { request, context in
            _ = try await APIBody.read(APIBody.Nothing.self, request, context)
            guard let session = context.viewer.person?.session else { throw HTTPError(.unauthorized) }
            try await store.endSessions(ofPerson: session.personID)
            return JSONResponse.make(try await sessions(context))
        }
    }

    private func sessions(_ context: WebContext) async throws -> SessionListDocument {
        guard let session = context.viewer.person?.session else { throw HTTPError(.unauthorized) }
        let found = try await store.sessions(ofPerson: session.personID)
        return SessionListDocument(
            sessions: found.prefix(Self.sessionLimit).map { SessionDocument($0, current: session) })
    }
}
