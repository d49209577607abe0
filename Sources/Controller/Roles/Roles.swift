import Foundation
import GitHub
import Logging
import Model
import ServiceLifecycle
import Store
import Synchronization

/// Keeps what GitHub lets whom do: of each project, and who can read the admin repository.
///
/// Read with the server's own token, because a list of everybody with access, also through teams and the organization,
/// is one request that mostly answers "not changed", and because people then need to give no more away at their sign-in
/// than who they are. Events, sign-ins and the button on the settings page only make it happen sooner.
final class Roles: Service {
    private let repository: RepositoryName?
    private let store: Store
    private let reader: RoleReader
    private let interval: Duration
    private let logger: Logger
    private let failures = Mutex<[Store.RoleScope: (count: Int, next: ContinuousClock.Instant)]>([:])
    /// How many projects are read at the same time.
    private let width = 4
    /// How much longer the roles of a project may be that is no longer declared.
    private let retiredFactor = 6.0

    /// - Parameter interval: the time between two readings; roles change seldom, and events tell most changes at once.
    init(
        configuration: ControllerConfiguration, store: Store, client: GitHubClient, logger: Logger,
        interval: Duration? = nil
    ) {
        repository = configuration.adminRepositoryName
        self.store = store
        self.logger = logger
        self.interval = interval ?? max(configuration.syncInterval, .seconds(600))
        reader = RoleReader(store: store, client: client.with(priority: .audit))
    }

    /// Runs until graceful shutdown.
    func run() async throws {
        await PassLoop(topics: [.wantedRoles, .projects], interval: interval, changes: store.changes).run { [self] in
            await pass()
        }
    }

    /// Reads what is due. Answers when the next reading is.
    func pass() async -> Duration? {
        do {
            if let repository {
                let reading = try await store.roleReading(.adminRepository)
                if isDue(.adminRepository, reading, interval) {
                    await attempt(.adminRepository, reading, "the readers of \(repository)") {
                        try await self.reader.readAdminReaders(repository, fulfils: reading.wanted)
                    }
                }
            }
            let due = try await store.roleTargets().filter { target in
                target.githubID != nil
                    && isDue(
                        .project(target.projectID), target.reading,
                        target.isActive ? interval : interval * retiredFactor)
            }
            await withTaskGroup(of: Void.self) { group in
                for (position, target) in due.enumerated() {
                    if position >= width { await group.next() }
                    group.addTask {
                        await self.attempt(
                            .project(target.projectID), target.reading, "the roles of \(target.repository)"
                        ) { try await self.reader.read(target) }
                    }
                }
            }
        } catch {
            logger.error("the roles could not be read: \(error)")
            return .seconds(5)
        }
        let next = failures.withLock { $0.values.map(\.next).min() }
        return next.map { max(.milliseconds(100), $0 - .now) }
    }

    private func isDue(_ scope: Store.RoleScope, _ reading: RoleReading, _ interval: Duration) -> Bool {
        if let failed = failures.withLock({ $0[scope] }), failed.next > .now { return false }
        guard let readAt = reading.readAt, reading.wanted <= reading.fulfilled, reading.problem == nil else {
            return true
        }
        let age = store.time.timeIntervalSince(readAt)
        // One in the future was written by a clock that was set back since.
        return age < -60 || age >= interval / .seconds(1) * 0.9
    }

    private func attempt(
        _ scope: Store.RoleScope, _ reading: RoleReading, _ what: String, _ body: () async throws -> Void
    ) async {
        do {
            try await body()
            failures.withLock { $0[scope] = nil }
        } catch {
            if error is CancellationError || Task.isCancelled { return }
            let count = failures.withLock { failures in
                let count = (failures[scope]?.count ?? 0) + 1
                failures[scope] = (count, .now + Backoff().delay(after: count))
                return count
            }
            if count == 1 { logger.warning("\(what) could not be read: \(error)") }
            try? await store.noteRoleProblem(scope, "\(error)", fulfils: reading.wanted)
        }
    }
}
