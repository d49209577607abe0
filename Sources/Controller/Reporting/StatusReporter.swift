import Foundation
import GitHub
import Logging
import Model
import ServiceLifecycle
import Store

/// Status outbox → GitHub: sends each wanted commit status until GitHub acknowledged it.
public struct StatusReporter: Service {
    private let store: Store
    private let client: GitHubClient
    private let logger: Logger
    private let width = 4

    /// - Parameter client: a client whose token may write statuses.
    public init(store: Store, client: GitHubClient, logger: Logger) {
        self.store = store
        self.client = client
        self.logger = logger
    }

    /// Runs until graceful shutdown.
    public func run() async throws {
        await PassLoop(topics: [.statuses], interval: .seconds(60), changes: store.changes).run {
            do {
                return try await pass()
            } catch {
                logger.error("statuses could not be worked off: \(error)")
                return .seconds(2)
            }
        }
    }

    /// Sends what is due. Answers the time until more is due.
    func pass() async throws -> Duration? {
        let due = try await store.dueStatuses(now: Date(), limit: 100)
        await withTaskGroup(of: Void.self) { group in
            for (position, item) in due.enumerated() {
                if position >= width { await group.next() }
                group.addTask { await send(item.status, item.project) }
            }
        }
        guard due.count < 100 else { return .zero }
        guard let next = try await store.nextStatusTime() else { return nil }
        return .seconds(max(0.05, next.timeIntervalSinceNow))
    }

    private func send(_ status: StatusRecord, _ project: ProjectRecord) async {
        guard !Task.isCancelled else { return }
        do {
            do throws(GitHubError) {
                try await client.createStatus(
                    "\(project.repository)", sha: status.commit,
                    GitHubStatus(
                        state: status.wanted.state.rawValue, context: status.wanted.context,
                        description: status.wanted.description, targetURL: status.wanted.targetURL))
            } catch {
                return try await postpone(status, project, error)
            }
            try await store.acknowledgeStatus(
                status.projectID, commit: status.commit, context: status.wanted.context, sequence: status.sequence)
        } catch {
            logger.error("\(project.repository): the status of \(status.commit) could not be stored: \(error)")
        }
    }

    private func postpone(_ status: StatusRecord, _ project: ProjectRecord, _ error: GitHubError) async throws {
        logger.warning("\(project.repository): GitHub took no status for \(status.commit): \(error)")
        var delay = Backoff().delay(after: status.failures + 1)
        // Only a status that GitHub will never take is given up: the commit is gone, or has a thousand already.
        var givesUp = false
        switch error.kind {
        case .validation: givesUp = true
        case .rateLimited(let until): delay = .seconds(max(1, until.timeIntervalSinceNow))
        case .secondaryLimit(let wait): delay = wait
        default: break
        }
        try await store.postponeStatus(
            status.projectID, commit: status.commit, context: status.wanted.context, sequence: status.sequence,
            until: Date(timeIntervalSinceNow: delay / .seconds(1)), error: "\(error)", giveUp: givesUp)
    }
}
