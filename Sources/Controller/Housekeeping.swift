import Logging
import Runner
import ServiceLifecycle
import Store

/// Removes what nobody owns: containers, volumes and networks of jobs that ended or that the store does not know, and
/// cached images that are too many.
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

    /// One pass over everything. Answers when to look again after trouble; trouble with one part does not keep the others.
    func pass() async -> Duration? {
        var isWell = true
        for (what, work) in chores {
            do {
                try await work()
            } catch {
                logger.warning("\(what): \(error)")
                isWell = false
            }
        }
        return isWell ? nil : .seconds(30)
    }

    private var chores: [(String, () async throws -> Void)] {
        let images = ImageCare(configuration: configuration, store: store, executor: executor, logger: logger)
        return [
            ("orphans could not be swept", sweep),
            ("cached images could not be looked through", { try await images.pass() }),
        ]
    }

    private func sweep() async throws {
        try await executor.sweep(instance: configuration.instance) {
            let running = try await store.runningJobs().map { JobAttempt(jobID: $0.job.id, attempt: $0.job.attempt) }
            let kept = try await store.keptJobs().map { JobAttempt(jobID: $0.jobID, attempt: $0.attempt) }
            return Set(running + kept)
        }
    }
}
