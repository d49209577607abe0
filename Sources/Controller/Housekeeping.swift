import Logging
import Runner
import ServiceLifecycle
import Store

/// Removes what nobody owns: containers, volumes and networks of jobs that ended or that the store does not know.
public struct Housekeeping: Service {
    private let configuration: ControllerConfiguration
    private let store: Store
    private let executor: any Executor
    private let logger: Logger

    /// - Parameter executor: what runs the jobs.
    public init(
        configuration: ControllerConfiguration, store: Store, executor: any Executor, logger: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.executor = executor
        self.logger = logger
    }

    /// Runs until graceful shutdown: at the start, and every minute. An engine that is slow may still carry out what a
    /// killed controller asked it for after the first look.
    public func run() async throws {
        await PassLoop(topics: [], interval: .seconds(60), changes: store.changes).run { await pass() }
    }

    /// One sweep. Answers when to look again after trouble.
    func pass() async -> Duration? {
        do {
            try await executor.sweep(instance: configuration.instance) {
                Set(try await store.runningJobs().map { JobAttempt(jobID: $0.job.id, attempt: $0.job.attempt) })
            }
            return nil
        } catch {
            logger.warning("orphans could not be swept: \(error)")
            return .seconds(30)
        }
    }
}
