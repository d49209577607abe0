import GitHub
import Logging
import Model
import Reconciler
import ServiceLifecycle
import Store

/// Makes GitHub agree with the desired state, project by project.
///
/// A project that changed is looked at at once, all of them once in a sync interval, one that failed after its own
/// back-off. One project's trouble never holds up another's.
public struct ReconcileLoop: Service {
    private let configuration: ControllerConfiguration
    private let store: Store
    private let reconciler: ProjectReconciler
    private let logger: Logger
    private let schedule = ReconcileSchedule()
    /// How many projects are looked at at the same time.
    private let width = 4

    /// - Parameter client: a client with the token that administers the projects.
    public init(configuration: ControllerConfiguration, store: Store, client: GitHubClient, logger: Logger) {
        self.configuration = configuration
        self.store = store
        self.logger = logger
        reconciler = ProjectReconciler(configuration: configuration, store: store, client: client)
    }

    /// Runs until graceful shutdown.
    public func run() async throws {
        await PassLoop(topics: [.config, .wantedSync], interval: configuration.syncInterval, changes: store.changes).run
        {
            await pass()
        }
    }

    /// One pass over the projects that are due. Answers when the next one is.
    func pass() async -> Duration? {
        do {
            schedule.hurry(try await store.takeWantedSyncs())
            let projects = try await store.activeProjects() + store.projectsToCleanUp()
            let due = schedule.due(projects, interval: configuration.syncInterval)
            await reconcile(due.filter(\.isActive))
            // A repository that was renamed may be declared under its new name by now, which takes over the webhooks: what
            // the old name leaves behind is removed only then.
            await reconcile(due.filter { !$0.isActive })
        } catch {
            logger.error("the projects could not be read: \(error)")
            return .seconds(5)
        }
        return schedule.next(within: configuration.syncInterval)
    }

    private func reconcile(_ projects: [ProjectRecord]) async {
        await withTaskGroup(of: Void.self) { group in
            for (position, project) in projects.enumerated() {
                if position >= width { await group.next() }
                group.addTask { await reconcile(project) }
            }
        }
    }

    private func reconcile(_ project: ProjectRecord) async {
        let condition: ProjectCondition
        var isTurn = false
        do {
            let result = try await reconciler.reconcile(project)
            for operation in result.operations {
                logger.info("reconciled", metadata: ["project": "\(project.repository)", "operation": "\(operation)"])
            }
            for operation in result.reportedDrift {
                logger.notice("drift", metadata: ["project": "\(project.repository)", "repair": "\(operation)"])
            }
            condition = result.condition
            if condition.status == .ready {
                schedule.succeeded(project, interval: configuration.syncInterval)
            } else {
                schedule.failed(project, isStalled: condition.status == .stalled, interval: configuration.syncInterval)
            }
        } catch let problem as ReconcileProblem {
            schedule.failed(
                project, retryAfter: problem.retryAfter, isStalled: problem.isStalled,
                interval: configuration.syncInterval)
            isTurn = problem.isTurn
            condition = ProjectCondition(status: problem.isStalled ? .stalled : .reconciling, reason: problem.reason)
        } catch {
            schedule.failed(project, interval: configuration.syncInterval)
            condition = ProjectCondition(status: .reconciling, reason: "\(error)")
        }
        // What a stop interrupted is no news.
        guard !Task.isCancelled else { return }
        await store(condition, of: project, isTurn: isTurn)
    }

    private func store(_ condition: ProjectCondition, of project: ProjectRecord, isTurn: Bool) async {
        guard condition.status != project.condition.status || condition.reason != project.condition.reason else {
            return
        }
        if condition.status != .ready, let reason = condition.reason {
            logger.log(level: isTurn ? .debug : .warning, "\(project.repository): \(reason)")
        }
        do {
            try await store.setCondition(project.id, condition, configCommit: project.configCommit)
        } catch {
            logger.error("\(project.repository): the condition could not be stored: \(error)")
        }
    }
}
