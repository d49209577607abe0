import Foundation
import GitHub
import Logging
import Model
import ServiceLifecycle
import Store

/// Asks GitHub once an hour whether the people who are signed in still are: with the token that each sign-in left.
///
/// Whoever revokes this server's access in GitHub's settings, or whose account is suspended, is signed out here too.
struct SignInChecks: Service {
    private let secretKey: SecretKey
    private let store: Store
    private let client: GitHubClient
    private let logger: Logger

    /// How long one answer counts.
    private static let validity: TimeInterval = 3600

    /// - Parameter client: for GitHub's address; its own token is not used.
    init(secretKey: SecretKey, store: Store, client: GitHubClient, logger: Logger) {
        self.secretKey = secretKey
        self.store = store
        self.client = client.with(priority: .audit)
        self.logger = logger
    }

    /// Runs until graceful shutdown.
    func run() async throws {
        await PassLoop(topics: [], interval: .seconds(600), changes: store.changes).run {
            await pass(before: store.time.addingTimeInterval(-Self.validity))
            return nil
        }
    }

    /// One look at those whose tokens were last accepted before that time.
    func pass(before time: Date) async {
        do {
            for person in try await store.peopleToCheck(before: time) {
                if Task.isCancelled { return }
                try await check(person)
            }
        } catch {
            logger.error("the people who are signed in could not be checked: \(error)")
        }
    }

    private func check(_ person: PersonRecord) async throws(StoreError) {
        guard let sealed = person.sealedToken,
            let token = try? SignInToken.open(sealed, person: person.id, key: secretKey)
        else {
            // Sealed with a secret key that was replaced.
            return try await end(person, "the token cannot be opened any more")
        }
        let account: GitHubAccount
        do {
            account = try await client.asking(with: GitHubToken(token)).user()
        } catch {
            guard error.kind == .unauthorized || error.kind == .forbidden else {
                return logger.debug("a sign-in could not be checked: \(error)")
            }
            return try await end(person, "GitHub no longer accepts the token")
        }
        guard account.id == person.id else { return try await end(person, "the token is somebody else's") }
        try await store.noteChecked(person.id, login: account.login, name: account.name)
    }

    private func end(_ person: PersonRecord, _ reason: String) async throws(StoreError) {
        try await store.endSessions(ofPerson: person.id)
        logger.notice("signed out: \(reason)", metadata: ["login": "\(person.login)"])
    }
}
