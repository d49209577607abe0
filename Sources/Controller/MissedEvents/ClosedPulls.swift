import Foundation
import GitHub
import Logging
import Model
import Store

/// Ends what is under way of pull requests whose closing no webhook announced: a build that waits for an approval would
/// wait for ever, and pages would show the pull request as open.
struct ClosedPulls: Sendable {
    let store: Store
    let client: GitHubClient
    let patience: Duration
    let logger: Logger
    private let noticed = NoticedHeads()
    private let hidden = HiddenPulls()

    /// How many are asked for in one look: each costs a request.
    private static let limit = 30

    init(store: Store, client: GitHubClient, patience: Duration, logger: Logger) {
        self.store = store
        self.client = client
        self.patience = patience
        self.logger = logger
    }

    /// - Parameters:
    ///   - known: the numbers of those that count as open here.
    ///   - open: GitHub's list. What it lacks is asked for, because it may be a moment old.
    /// - Returns: whether there are some whose webhooks may still be under way: another look is worthwhile soon.
    func settle(_ project: ProjectRecord, _ known: [Int], open: [GitHubPullRequest]) async throws -> Bool {
        let listed = Set(open.map(\.number))
        var waiting: [String: String] = [:]
        for number in hidden.next(of: known.filter { !listed.contains($0) }, in: project.id, limit: Self.limit) {
            let pull: GitHubPullRequest
            do {
                pull = try await client.pull("\(project.repository)", number)
            } catch {
                // What is not there may be out of the token's sight, which closes nothing.
                guard error.kind == .notFound else { throw error }
                hidden.add(number, of: project.id)
                continue
            }
            guard pull.state == "closed" else { continue }
            let ref = GitRef.pullRequest(number).description
            if noticed.age(project.id, ref, pull.state) >= patience,
                try await !store.hasPendingDeliveries(project.repository)
            {
                try await end(pull, project)
            } else {
                waiting[ref] = pull.state
            }
        }
        noticed.keep(project.id, waiting)
        return !waiting.isEmpty
    }

    private func end(_ pull: GitHubPullRequest, _ project: ProjectRecord) async throws {
        let count = try await store.cancelBuilds(
            BuildCancellation(
                closed: pull.number, isMerged: pull.mergedAt != nil,
                at: pull.updatedAt.map { Int64($0.timeIntervalSince1970) }, of: project.id))
        logger.notice(
            "a pull request's closing was missed; found by comparing lists",
            metadata: ["project": "\(project.repository)", "number": "\(pull.number)", "jobs": "\(count)"])
    }
}
