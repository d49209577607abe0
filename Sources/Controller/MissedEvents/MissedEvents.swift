import GitHub
import Logging
import ServiceLifecycle
import Store

/// Finds what GitHub did not tell us, because we were not there or the webhook was lost: GitHub never sends a webhook
/// again by itself.
///
/// Two ways, because neither is enough: the list of deliveries knows those that failed, and they are asked for again;
/// what is in no list is found by comparing heads of branches, tags and pull requests with builds. A project that is
/// new is not compared but remembered as it is, so that its history is not built.
public struct MissedEvents: Service {
    private let timing: MissedEventsTiming
    private let store: Store
    private let heads: HeadComparison
    private let deliveries: LostDeliveries
    private let logger: Logger
    private let headSchedule = LookSchedule()
    private let deliverySchedule = LookSchedule()
    /// How many projects are looked at at the same time.
    private let width = 4

    /// - Parameters:
    ///   - client: a client with the token that administers the projects.
    ///   - mirrors: the ones that jobs use too.
    init(
        configuration: ControllerConfiguration, store: Store, client: GitHubClient, mirrors: ProjectMirrors,
        logger: Logger
    ) {
        let client = client.with(priority: .audit)
        timing = configuration.missedEvents
        self.store = store
        self.logger = logger
        heads = HeadComparison(
            configuration: configuration, store: store, client: client, mirrors: mirrors, logger: logger)
        deliveries = LostDeliveries(store: store, client: client, patience: timing.patience, logger: logger)
    }

    /// Runs until graceful shutdown: at the start, when projects were declared, and on the interval.
    public func run() async throws {
        await PassLoop(topics: [.config], interval: timing.heads, changes: store.changes).run { await pass() }
    }

    /// One pass over the projects that are due. Answers when the next one is.
    func pass() async -> Duration? {
        do {
            try await store.forgetHeadsOfInactiveProjects()
            let projects = try await store.activeProjects()
            let ids = Set(projects.map(\.id))
            headSchedule.keep(ids)
            deliverySchedule.keep(ids)
            await withTaskGroup(of: Void.self) { group in
                for (position, project) in projects.filter({ headSchedule.isDue($0.id) }).enumerated() {
                    if position >= width { await group.next() }
                    group.addTask { await look(at: project) }
                }
            }
        } catch {
            logger.error("the projects could not be read: \(error)")
            return .seconds(5)
        }
        return headSchedule.wait(within: timing.heads)
    }

    private func look(at project: ProjectRecord) async {
        guard !Task.isCancelled else { return }
        var again = timing.heads * Double.random(in: 0.9...1)
        do {
            let isUnexplained = try await heads.compare(project)
            if isUnexplained { again = timing.patience }
            if isUnexplained || deliverySchedule.isDue(project.id) {
                // Noted before: trouble with the list must not make every comparison ask for it.
                deliverySchedule.looked(project.id, nextAfter: timing.deliveries)
                try await deliveries.askAgain(project)
            }
        } catch is CancellationError {
            return
        } catch {
            logger.notice("\(project.repository): what GitHub did not tell could not be found out: \(error)")
        }
        headSchedule.looked(project.id, nextAfter: again)
    }
}
