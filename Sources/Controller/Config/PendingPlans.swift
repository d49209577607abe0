import Config
import Git
import Logging
import Model
import Reconciler
import ServiceLifecycle
import Store
import Synchronization

/// Keeps for the page what would change on GitHub: what the next passes will do, or what a revision that is held would
/// do if it were applied. Made of what is remembered; GitHub is not asked.
struct PendingPlans: Service {
    /// Projects that the page lists.
    private static let mostProjects = 100
    /// Projects whose records and plans are in memory at once.
    private static let batch = 50
    /// Many projects that change one after the other are looked at together.
    private static let leastInterval: Duration = .seconds(5)

    let configuration: ControllerConfiguration
    let mirror: GitMirror
    let store: Store
    let logger: Logger

    func run() async throws {
        let last = Mutex<ContinuousClock.Instant?>(nil)
        await PassLoop(topics: [.config, .observations, .projects], interval: .seconds(600), changes: store.changes).run
        {
            let wait = last.withLock { $0.map { $0 + Self.leastInterval - .now } } ?? .zero
            guard wait <= .zero else { return wait }
            do {
                try await pass()
            } catch {
                logger.warning("what would change on GitHub cannot be planned: \(error)")
            }
            last.withLock { $0 = .now }
            return nil
        }
    }

    /// One look.
    func pass() async throws {
        guard let latest = try await store.latestConfigRevision() else { return }
        let isHeld = latest.appliedAt == nil
        var (projects, more) = ([PendingPlan.Project](), 0)
        func add(_ entries: [LivePlan.Entry]) {
            for entry in entries where entry.hasDifferences || entry.hasErrors {
                if projects.count < Self.mostProjects { projects.append(Self.project(entry)) } else { more += 1 }
            }
        }
        if isHeld {
            let desired = ConfigReader.read(try await AdminTree.read(mirror, commit: latest.commit)).desired
            add(plans(try await store.reconcileRecords()).entries(desired))
        } else {
            var last: Int64 = 0
            while true {
                let records = try await store.reconcileRecords(after: last, limit: Self.batch)
                guard let next = records.last?.project.id else { break }
                last = next
                let plans = plans(records)
                add(records.filter(\.project.isActive).map { plans.entry($0) })
            }
        }
        try await store.savePendingPlan(
            PendingPlan(commit: latest.commit, isHeld: isHeld, projects: projects, more: more))
    }

    private func plans(_ records: [ReconcileRecord]) -> StoredPlan {
        StoredPlan(
            records: records, externalURL: configuration.externalURL, secretKey: configuration.secretKey,
            oldSecretKeys: configuration.oldSecretKeys)
    }

    private static func project(_ entry: LivePlan.Entry) -> PendingPlan.Project {
        var lines = entry.error.map { ["! \($0)"] } ?? []
        if let plan = entry.plan {
            lines += plan.operations.map { PlanText.line($0, drift: entry.drift, reported: entry.reported) }
            lines += plan.problems.map { "! \($0)" }
        }
        return PendingPlan.Project(
            repository: entry.repository, lines: lines.map { String($0.prefix(500)) },
            isDriftReported: !entry.reported.isEmpty)
    }
}
