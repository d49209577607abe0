import Foundation
import GitHub
import Logging
import Model
import ServiceLifecycle
import Store
import Synchronization

/// Status outbox → GitHub: sends each wanted commit status until GitHub acknowledged it.
public struct StatusReporter: Service {
    private let store: Store
    private let client: GitHubClient
    private let logger: Logger
    private let width = 4
    /// What waits at the start may have been sent by an earlier process that died before it could note that.
    let inherited = Inherited()
    private let pauses = StatusPauses()

    /// - Parameter client: a client whose token may write statuses.
    public init(store: Store, client: GitHubClient, logger: Logger) {
        self.store = store
        self.client = client.with(priority: .status)
        self.logger = logger
    }

    /// Runs until graceful shutdown.
    public func run() async throws {
        // A moment's rest, in which a status that is replaced at once need not be sent at all.
        let loop = PassLoop(
            topics: [.statuses], interval: .seconds(60), changes: store.changes, rest: .milliseconds(100))
        await loop.run {
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
        let begin = Date()
        let (due, later) = try await store.dueStatuses(now: begin, limit: 100, except: pauses.projects(at: begin))
        let areInherited = inherited.value
        let again = try await withThrowingTaskGroup(of: Date?.self) { group in
            var times: [Date?] = []
            for (position, item) in due.enumerated() {
                if position >= width, let time = try await group.next() { times.append(time) }
                let mayBeThere = areInherited || item.status.failures > 0
                group.addTask { try await send(item.status, item.project, mayBeThere: mayBeThere) }
            }
            for try await time in group { times.append(time) }
            return times.compactMap(\.self).min()
        }
        guard due.count < 100 else { return .zero }
        // What was left out for a pause has not been tried yet, even if the pause is over by now.
        let pauseEnd = pauses.next(after: begin)
        if pauseEnd == nil { inherited.end() }
        return [later, again, pauseEnd].compactMap(\.self).min().map { .seconds(max(0.05, $0.timeIntervalSinceNow)) }
    }

    /// - Parameter mayBeThere: an earlier attempt may have arrived although nobody heard the answer. A final status is
    ///   sent again only when GitHub does not show it: people get a mail for each.
    /// - Returns: when to try again; `nil` when that is not needed.
    /// - Throws: when the store cannot note what became of it: nothing is sent then that would be sent again and again.
    private func send(_ status: StatusRecord, _ project: ProjectRecord, mayBeThere: Bool) async throws -> Date? {
        guard !Task.isCancelled, !pauses.contains(status.projectID, at: Date()) else { return nil }
        let repository = "\(project.repository)"
        let wanted = GitHubStatus(
            state: status.wanted.state.rawValue, context: status.wanted.context,
            description: status.wanted.description, targetURL: status.wanted.targetURL)
        do throws(GitHubError) {
            let shown =
                mayBeThere && status.wanted.state != .pending
                ? try await client.statuses(repository, ref: status.commit).first { $0.context == wanted.context }
                : nil
            if shown != wanted { try await client.createStatus(repository, sha: status.commit, wanted) }
        } catch {
            if case .paced(let until) = error.kind {
                // Nothing went wrong: it waits in its row, and may be replaced by a later one.
                if pauses.add(status.projectID, until: until) {
                    logger.info("\(project.repository): statuses wait for GitHub's limits until \(until)")
                }
                return nil
            }
            return try await postpone(status, project, error)
        }
        try await store.acknowledgeStatus(
            status.projectID, commit: status.commit, context: status.wanted.context, sequence: status.sequence)
        return nil
    }

    private func postpone(
        _ status: StatusRecord, _ project: ProjectRecord, _ error: GitHubError
    ) async throws -> Date? {
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
        let until = Date(timeIntervalSinceNow: delay / .seconds(1))
        try await store.postponeStatus(
            status.projectID, commit: status.commit, context: status.wanted.context, sequence: status.sequence,
            until: until, error: "\(error)", giveUp: givesUp)
        return givesUp ? nil : until
    }
}

/// Whether what an earlier process left is still being worked off.
final class Inherited: Sendable {
    private let isOpen = Mutex(true)

    var value: Bool { isOpen.withLock { $0 } }

    func end() { isOpen.withLock { $0 = false } }
}
