import Foundation
import GitHub
import Logging
import Model
import ServiceLifecycle
import Store

/// Finds what GitHub did not tell us, because we were not there or the webhook was lost: GitHub never sends a webhook
/// again by itself.
///
/// Two ways, because neither is enough: the list of deliveries knows those that failed, and they are asked for again;
/// what is in no list is found by comparing heads of branches, tags and pull requests with builds, and the list of open
/// pull requests with those that count as open here. A project that is new is not compared but remembered as it is, so
/// that its history is not built.
///
/// Both cost a connection or requests for each project, so `GitHubHints` tell where it is worth it. What they cannot
/// tell (a push in the same second as another, a delivery that failed before one that did not) is found by looking again
/// soon, or by the rotating look at everything.
public struct MissedEvents: Service {
    private let timing: MissedEventsTiming
    private let store: Store
    private let hints: GitHubHints
    private let heads: HeadComparison
    private let deliveries: LostDeliveries
    private let client: GitHubClient
    private let forks = ForkPulls()
    private let closed: ClosedPulls
    private let logger: Logger
    private let headSchedule = LookSchedule<Date?>()
    private let deliverySchedule = LookSchedule<Set<Int64>>()
    private let pullSchedule = LookSchedule<Never>()
    /// How many projects are looked at at the same time, in either way.
    private let width = 4

    /// What two clocks may differ by.
    private static let clockTrust: TimeInterval = 600

    /// - Parameters:
    ///   - client: a client with the token that administers the projects.
    ///   - hints: what `ReconcileLoop` hears.
    ///   - mirrors: the ones that jobs use too.
    init(
        configuration: ControllerConfiguration, store: Store, client: GitHubClient, hints: GitHubHints,
        mirrors: ProjectMirrors, logger: Logger
    ) {
        let client = client.with(priority: .audit)
        timing = configuration.missedEvents
        self.store = store
        self.hints = hints
        self.logger = logger
        heads = HeadComparison(
            configuration: configuration, store: store, client: client, mirrors: mirrors, logger: logger)
        deliveries = LostDeliveries(store: store, client: client, patience: timing.patience, logger: logger)
        closed = ClosedPulls(store: store, client: client, patience: timing.patience, logger: logger)
        self.client = client
    }

    /// Runs until graceful shutdown: at the start, when projects were declared, at hints, and on the interval. The lists
    /// of GitHub may have to wait for their turn, which holds up no comparison.
    public func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask {
                await PassLoop(topics: [.config, .hints], interval: timing.heads, changes: store.changes).run {
                    await passOverHeads()
                }
            }
            group.addTask {
                await PassLoop(topics: [.hints], interval: timing.heads, changes: store.changes).run {
                    await passOverLists()
                }
            }
        }
    }

    /// Compares the heads of the projects that are due. Answers when the next one is.
    func passOverHeads() async -> Duration? {
        do {
            try await store.forgetHeadsOfInactiveProjects()
            let projects = try await store.projectMarks().filter(\.isActive)
            let ids = Set(projects.map(\.id))
            headSchedule.keep(ids)
            hints.keep(ids)
            await projects.filter { areHeadsDue($0.id) }.forEach(width: width) { await compare($0.id) }
        } catch {
            logger.error("the projects could not be read: \(error)")
            return .seconds(5)
        }
        return headSchedule.wait(within: timing.heads)
    }

    /// Looks at deliveries, and at pull requests, of the projects that are due. Answers when the next one is.
    func passOverLists() async -> Duration? {
        do {
            let projects = try await store.projectMarks().filter(\.isActive)
            let ids = Set(projects.map(\.id))
            deliverySchedule.keep(ids)
            pullSchedule.keep(ids)
            await projects.filter { isDue($0.id) }.forEach(width: width) { await look($0.id) }
        } catch {
            logger.error("the projects could not be read: \(error)")
            return .seconds(5)
        }
        let waits = [deliverySchedule.wait(within: timing.heads), pullSchedule.wait(within: timing.heads)]
        return waits.min()
    }

    private func areHeadsDue(_ id: Int64) -> Bool {
        headSchedule.isDue(id, hint: lastPush(id), age: timing.heads) { pushedAt, lookedAt in
            // GitHub's clock is not ours.
            pushedAt.map { $0 > lookedAt.addingTimeInterval(-Self.clockTrust) } ?? false
        }
    }

    private func lastPush(_ project: Int64) -> Date?? {
        hints.hint(project, within: timing.hintAge).map(\.pushedAt)
    }

    private func compare(_ id: Int64) async {
        // Taken before the look: what comes meanwhile is another hint.
        let told = lastPush(id)
        headSchedule.looking(id, hint: told, nextAfter: rotation)
        await reporting(id) { project in
            let isUnexplained = try await heads.compare(project)
            if isUnexplained {
                headSchedule.postpone(id, nextAfter: timing.patience)
                deliverySchedule.looking(id, hint: failures(id), nextAfter: rotation)
                try await deliveries.askAgain(project)
            } else if let pushedAt = told ?? nil {
                let rest = timing.settling - .seconds(Date().timeIntervalSince(pushedAt))
                if rest > .zero { headSchedule.postpone(id, nextAfter: min(rest, timing.settling * 3)) }
            }
        } otherwise: {
            headSchedule.postpone(id, nextAfter: timing.heads * Double.random(in: 0.9...1))
        }
    }

    private var rotation: Duration { timing.everything * Double.random(in: 0.5...1) }

    private func failures(_ project: Int64) -> Set<Int64>? { hints.hint(project, within: timing.hintAge)?.failing }

    private func isDue(_ id: Int64) -> Bool { areDeliveriesDue(id) || pullSchedule.isDue(id) }

    private func areDeliveriesDue(_ id: Int64) -> Bool {
        let failing = failures(id)
        return deliverySchedule.isDue(
            id, hint: failing, isAlarming: failing?.isEmpty == false, age: timing.deliveries
        ) { failing, _ in !failing.isEmpty }
    }

    /// First at pull requests, which may tell that deliveries are worth a look. Trouble with one list puts off no other.
    private func look(_ id: Int64) async {
        if pullSchedule.isDue(id) {
            pullSchedule.looking(id, nextAfter: timing.deliveries * Double.random(in: 0.9...1))
            await reporting(id, lookAtPulls, otherwise: {})
        }
        if areDeliveriesDue(id) {
            // Noted before: trouble with the list must not make every pass ask for it.
            deliverySchedule.looking(id, hint: failures(id), nextAfter: rotation)
            await reporting(id, deliveries.askAgain) {
                deliverySchedule.postpone(id, nextAfter: timing.deliveries)
            }
        }
    }

    /// One request, which costs no quota as long as nothing changed.
    private func lookAtPulls(_ project: ProjectRecord) async throws {
        let known = try await store.openPullRequestNumbers(project.id)
        let isAsked = project.config.hooks.contains { $0.triggers.pullRequest != nil }
        guard isAsked || !known.isEmpty else { return }
        let open = try await client.pulls("\(project.repository)")
        if isAsked, forks.haveChanged(project.id, open) {
            headSchedule.hurry(project.id)
            store.changes.notify([.hints])
        }
        if try await closed.settle(project, known, open: open) {
            pullSchedule.postpone(project.id, nextAfter: timing.patience)
            deliverySchedule.hurry(project.id)
        }
    }

    private func reporting(
        _ id: Int64, _ body: (ProjectRecord) async throws -> Void, otherwise: () -> Void
    ) async {
        do {
            guard let project = try await store.project(id: id), project.isActive else { return }
            do {
                try await body(project)
            } catch is CancellationError {
                return
            } catch {
                logger.notice("\(project.repository): what GitHub did not tell could not be found out: \(error)")
                otherwise()
            }
        } catch {
            logger.error("a project could not be read: \(error)")
        }
    }
}
