import Foundation
import GitHub
import Logging
import Model
import Reconciler
import ServiceLifecycle
import Store

/// Makes GitHub agree with the desired state, project by project.
///
/// A project that changed is looked at at once, one that failed after its own back-off, and all of them once in a sync
/// interval, or as often as GitHub's limits allow: the next full pass begins when the one before has ended. One project's
/// trouble never holds up another's, and a full pass holds up no change.
public struct ReconcileLoop: Service {
    private let configuration: ControllerConfiguration
    private let store: Store
    private let reconciler: ProjectReconciler
    private let logger: Logger
    private let schedule = ReconcileSchedule()
    private let rightOfWay: RightOfWay
    private let reportedDrift = ReportedDrift()
    /// How many projects are looked at at the same time, of either kind.
    private let width = 4

    /// - Parameter client: a client with the token that administers the projects.
    public init(configuration: ControllerConfiguration, store: Store, client: GitHubClient, logger: Logger) {
        self.init(configuration: configuration, store: store, client: client, hints: nil, logger: logger)
    }

    /// - Parameters:
    ///   - hints: what GitHub tells by the way goes there.
    ///   - rightOfWay: whom the full pass gives way to.
    init(
        configuration: ControllerConfiguration, store: Store, client: GitHubClient, hints: GitHubHints?,
        rightOfWay: RightOfWay = RightOfWay(), logger: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.rightOfWay = rightOfWay
        self.logger = logger
        reconciler = ProjectReconciler(configuration: configuration, store: store, client: client, hints: hints)
    }

    /// Runs until graceful shutdown.
    public func run() async throws {
        let interval = configuration.syncInterval
        await withDiscardingTaskGroup { group in
            group.addTask {
                await PassLoop(topics: [.config, .wantedSync], interval: interval, changes: store.changes).run {
                    await passOverChanges()
                }
            }
            group.addTask {
                await PassLoop(topics: [], interval: interval, changes: store.changes).run { await passOverAll() }
            }
        }
    }

    /// Looks at each project that cannot wait, once. Answers when the next one is due.
    func passOverChanges() async -> Duration? {
        do {
            var done: Set<Int64> = []
            while !Task.isCancelled {
                schedule.hurry(try await store.takeWantedSyncs())
                // Few at a time, so that what changes meanwhile is not behind a thousand others.
                let due = schedule.due(try await store.projectMarks(), except: done, limit: 2 * width)
                guard !due.isEmpty else { break }
                rightOfWay.enter()
                defer { rightOfWay.leave() }
                done.formUnion(due.map(\.id))
                await due.forEach(width: width) { await reconcile($0) }
            }
        } catch {
            logger.error("the projects could not be read: \(error)")
            return .seconds(5)
        }
        return schedule.next(within: configuration.syncInterval)
    }

    /// Looks at all projects that nothing else is done about. Answers when the next such pass is due.
    func passOverAll() async -> Duration? {
        let start = ContinuousClock.now
        let interval = configuration.syncInterval
        do {
            let projects = schedule.all(try await store.projectMarks(), notSince: interval / 2)
            guard !projects.isEmpty else { return interval }
            // Not for ever: GitHub's limits can make changes last for hours.
            let patience = start + interval / 4
            await projects.forEach(width: width) { project in
                await rightOfWay.giveWay(until: patience)
                if schedule.claim(project) { await reconcile(project) }
            }
            guard !Task.isCancelled else { return nil }
            try await store.noteFullPass(projects: projects.count, took: .now - start)
        } catch {
            logger.error("the full pass could not be made: \(error)")
            return .seconds(5)
        }
        return max(.zero, interval - (.now - start))
    }

    /// Looks at a project that was claimed.
    private func reconcile(_ mark: ProjectMark) async {
        do {
            guard let record = try await store.reconcileRecord(mark.id), record.project.isActive == mark.isActive else {
                return schedule.release(mark)
            }
            await reconcile(record)
        } catch {
            logger.error("a project could not be read: \(error)")
            schedule.failed(mark, interval: configuration.syncInterval)
        }
    }

    private func reconcile(_ record: ReconcileRecord) async {
        let project = record.project
        let condition: ProjectCondition
        var isTurn = false
        var retry: ProjectRetry?
        do {
            let result = try await reconciler.reconcile(project, record)
            for operation in result.operations {
                logger.info("reconciled", metadata: ["project": "\(project.repository)", "operation": "\(operation)"])
            }
            for difference in reportedDrift.news(project.id, result.reportedDrift).flatMap(\.differences) {
                logger.notice(
                    "drift, which is only reported",
                    metadata: [
                        "project": "\(project.repository)", "object": "\(difference.object)",
                        "field": "\(difference.field)", "declared": "\(difference.old)", "found": "\(difference.new)",
                    ])
            }
            condition = result.condition
            if condition.status == .ready {
                schedule.succeeded(project.mark)
            } else {
                retry = failed(project, isStalled: condition.status == .stalled)
            }
        } catch let problem as ReconcileProblem {
            retry = failed(project, retryAfter: problem.retryAfter, isStalled: problem.isStalled)
            isTurn = problem.isTurn
            if isTurn { retry?.failures = 0 }
            condition = ProjectCondition(status: problem.isStalled ? .stalled : .reconciling, reason: problem.reason)
        } catch {
            retry = failed(project)
            condition = ProjectCondition(status: .reconciling, reason: "\(error)")
        }
        // What a stop interrupted is no news.
        guard !Task.isCancelled else { return }
        await store(condition, of: project, isTurn: isTurn, retry)
    }

    private func failed(
        _ project: ProjectRecord, retryAfter: Duration? = nil, isStalled: Bool = false
    ) -> ProjectRetry {
        let failed = schedule.failed(
            project.mark, retryAfter: retryAfter, isStalled: isStalled, interval: configuration.syncInterval)
        return ProjectRetry(
            failures: failed.failures, nextTryAt: store.time.addingTimeInterval(failed.delay / .seconds(1)))
    }

    private func store(
        _ condition: ProjectCondition, of project: ProjectRecord, isTurn: Bool, _ retry: ProjectRetry?
    ) async {
        let isNews = condition.status != project.condition.status || condition.reason != project.condition.reason
        guard isNews || retry != nil || project.nextTryAt != nil else { return }
        if isNews, condition.status != .ready, let reason = condition.reason {
            logger.log(level: isTurn ? .debug : .warning, "\(project.repository): \(reason)")
        }
        do {
            try await store.setCondition(
                project.id, condition, configCommit: project.configCommit, retry: retry)
        } catch {
            logger.error("\(project.repository): the condition could not be stored: \(error)")
        }
    }
}
