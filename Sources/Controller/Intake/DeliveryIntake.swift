import Foundation
import Git
import Logging
import Model
import ServiceLifecycle
import Store

/// Stored deliveries → builds. Every delivery gets a decision in words, whatever became of it.
///
/// The deliveries of one repository are decided one after the other; repositories do not wait for each other, because
/// looking for changed paths may need a fetch.
struct DeliveryIntake: Service {
    private let store: Store
    private let adminRepository: RepositoryName?
    private let decider: DeliveryDecider
    private let paths: PathFinder
    private let earlyFetch: EarlyFetch
    private let logger: Logger
    private let turns = ProjectTurns()
    private let batch = 200
    /// After so many failures of fetching, about five minutes, the hooks run without having looked at paths: a check that
    /// is required on GitHub gets an answer, and the job says what is wrong with the repository.
    private let maximumFailures: Int
    private let backoff: Backoff

    /// - Parameter logger: gets a line for each build that is made.
    init(
        configuration: ControllerConfiguration, store: Store, mirrors: ProjectMirrors,
        logger: Logger = Logger(label: "kozmic.intake"), backoff: Backoff = Backoff(), maximumFailures: Int = 8
    ) {
        self.store = store
        adminRepository = configuration.adminRepositoryName
        self.logger = logger
        self.backoff = backoff
        self.maximumFailures = maximumFailures
        decider = DeliveryDecider(configuration: configuration)
        paths = PathFinder(mirrors: mirrors)
        earlyFetch = EarlyFetch(mirrors: mirrors)
    }

    /// Runs until graceful shutdown.
    func run() async throws {
        let (repositories, queue) = AsyncStream.makeStream(of: RepositoryName.self)
        await withDiscardingTaskGroup { group in
            group.addTask {
                await PassLoop(topics: [.deliveries], interval: .seconds(30), changes: store.changes).run {
                    await offer(to: queue)
                }
                queue.finish()
            }
            group.addTask { await earlyFetch.run() }
            for await repository in repositories {
                group.addTask {
                    repeat { await workOff(repository) } while turns.endOrGoOn(repository) && !Task.isCancelled
                }
            }
            group.cancelAll()
        }
    }

    /// Hands out the repositories whose time has come. Answers when the next one's comes.
    private func offer(to queue: AsyncStream<RepositoryName>.Continuation) async -> Duration? {
        do {
            var next: Duration?
            for waiting in try await store.waitingRepositories() {
                let wait = Duration.seconds(waiting.nextTryAt.timeIntervalSinceNow)
                if wait > .zero {
                    next = min(next ?? wait, wait)
                } else if turns.begin(waiting.repository) {
                    queue.yield(waiting.repository)
                }
            }
            return next.map { max($0, .milliseconds(100)) }
        } catch {
            logger.error("the deliveries could not be read: \(error)")
            return .seconds(2)
        }
    }

    /// Decides what waits for one repository, oldest first, until one has to be tried again later: the order of events
    /// matters, because later ones end the builds of earlier ones.
    func workOff(_ repository: RepositoryName) async {
        do {
            while !Task.isCancelled {
                // A flood of requests is stored first; meanwhile there are at least a hundred decisions a second.
                await store.inbox.calm(within: .seconds(2))
                let pending = try await store.pendingDeliveries(repository, limit: batch)
                for item in pending where try await !decide(item) { return }
                let bytes = pending.reduce(0) { $0 + $1.payload.count }
                if pending.count < batch, bytes < Store.pendingBytes { return }
            }
        } catch is CancellationError {
            return
        } catch {
            logger.error("the deliveries of \(repository) could not be worked off: \(error)")
        }
    }

    /// Answers whether the delivery is done.
    private func decide(_ item: PendingDelivery) async throws -> Bool {
        let delivery = item.delivery
        if let event = AccessEvent(rawValue: delivery.event) {
            if delivery.hook == .account {
                try await event.finishAccount(delivery, adminRepository: adminRepository, in: store)
                return true
            }
            let project = try await store.project(delivery.repository)
            if delivery.hook == .adminRepository || project?.isActive == true {
                let isAdmin = delivery.hook == .adminRepository
                try await event.finish(delivery, of: isAdmin ? nil : project, in: store)
                return true
            }
        }
        if delivery.hook == .adminRepository {
            try await AdminDelivery(delivery, payload: item.payload).finish(in: store)
            return true
        }
        let project = try await store.project(delivery.repository)
        let decision: DeliveryDecider.Decision
        let step: DeliveryDecider.Step
        switch decider.decide(delivery, payload: item.payload, project: project) {
        case .decided(let made): step = .decided(made)
        case .event(let event, let project):
            step = decider.decide(
                event, project: project, pulls: try await store.openPullRequests(of: event, in: project.id))
        }
        switch step {
        case .decided(let made): decision = made
        case .needsPaths(let triggered):
            do {
                decision = triggered.decision(try await paths.changes(for: triggered))
            } catch let error as GitError {
                if error.kind == .cancelled { throw CancellationError() }
                let problem = "the repository could not be fetched: \(error.message)"
                guard delivery.failures + 1 >= maximumFailures else {
                    try await postpone(delivery, problem)
                    return false
                }
                let unknown = triggered.asksForPaths.map { ($0, ChangedPaths.unknown(problem)) }
                decision = triggered.decision(Dictionary(unknown) { first, _ in first })
            }
        }
        let build = try await store.finishDelivery(
            delivery.id, decision: decision.sentence, failed: decision.failed, build: decision.build,
            cancels: decision.cancels, ref: decision.ref, explanation: decision.explanation)
        if let build, let wanted = decision.build {
            if !wanted.hooks.allSatisfy({ $0.needsApproval(trusted: wanted.trusted) }) {
                earlyFetch.begin(.init(repository: delivery.repository, commit: build.commit, ref: build.ref))
            }
            logger.info(
                "build",
                metadata: [
                    "project": "\(delivery.repository)", "number": "\(build.number)", "ref": "\(build.ref)",
                    "commit": "\(build.commit)",
                ])
        }
        return true
    }

    private func postpone(_ delivery: DeliveryRecord, _ problem: String) async throws {
        let delay = backoff.delay(after: delivery.failures + 1)
        logger.warning("delivery \(delivery.guid) of \(delivery.repository) is tried again in \(delay): \(problem)")
        try await store.postponeDelivery(
            delivery.id, problem: "\(problem); tried again (\(delivery.failures + 1))",
            until: Date(timeIntervalSinceNow: delay / .seconds(1)))
    }
}
