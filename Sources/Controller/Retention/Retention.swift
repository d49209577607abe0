import Logging
import Model
import ServiceLifecycle
import Store

/// Removes builds and logs that are older, and more, than `retention` in `kozmic.yaml` wants, and what is left of logs that
/// somebody deleted.
///
/// A few builds at a time: webhooks and jobs write to the same database meanwhile.
public struct Retention: Service {
    private let store: Store
    private let logger: Logger
    /// Builds of one transaction.
    private static let portion = 20

    /// - Parameter store: what is made smaller.
    public init(store: Store, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Runs until graceful shutdown: at the start, every hour, and when other settings were applied.
    public func run() async throws {
        await PassLoop(topics: [.config], interval: .seconds(3600), changes: store.changes).run {
            do {
                try await pass()
                return nil
            } catch {
                logger.warning("old builds could not be removed: \(error)")
                return .seconds(60)
            }
        }
    }

    /// Goes over all projects. Of one that is no longer declared the history stays as long as the rule says.
    func pass() async throws {
        // Until a configuration was applied, nobody said what may go.
        if let rule = try await store.serverSettings()?.retention { try await removeBuilds(rule) }
        while try await store.removeOldLogs(limit: Self.portion) == Self.portion, !Task.isCancelled {}
    }

    private func removeBuilds(_ rule: ServerSettings.Retention) async throws {
        var removed = 0
        for project in try await store.projectNumbers() {
            while true {
                let count = try await store.removeOldBuilds(project, rule, limit: Self.portion)
                removed += count
                guard count == Self.portion, !Task.isCancelled else { break }
                await Task.yield()
            }
        }
        if removed > 0 { logger.info("old builds removed", metadata: ["builds": "\(removed)"]) }
    }
}
