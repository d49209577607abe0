import Foundation
import GitHub
import Logging
import Store

/// Keeps in the database when something was written to GitHub.
struct StoredWrites: GitHubLedger {
    private let store: Store
    private let earlier: [String: [Date]]
    private let logger: Logger

    init(_ store: Store, logger: Logger) async throws {
        self.store = store
        self.logger = logger
        earlier = try await store.gitHubWrites(before: Date())
    }

    func writes(by identity: String) -> [Date] { earlier[identity] ?? [] }

    func noteWrite(by identity: String, at date: Date) async {
        do {
            try await store.noteGitHubWrite(by: identity, at: date)
        } catch {
            logger.warning("a write to GitHub is not remembered, and does not count after a restart: \(error)")
        }
    }
}
