import DockerEngine
import Logging
import Synchronization

/// The network that the containers of an instance are in: a bridge of their own on which they cannot reach each other.
actor JobNetwork {
    /// What containers are put into, and why that is not the network of their own.
    struct Choice: Sendable {
        /// The network's id, or the name of the engine's own.
        var name: String
        var problem: String?
    }

    private struct Failure {
        var problem: String
        var end: ContinuousClock.Instant
    }

    /// The engine's own bridge, where containers of anybody reach each other.
    static let fallback = "bridge"

    private let engine: DockerEngine
    private let kind: EngineKind
    private let isUsed: Bool
    private let clock = ContinuousClock()
    private var known: [String: String] = [:]
    /// Whose addresses are those of jobs.
    private struct Ranges: Sendable {
        var own: [AddressRange] = []
        var bridge: [AddressRange] = []
        /// Jobs come from this machine's own addresses.
        var isMachine = false
    }

    /// Beside the actor, because every request of the page asks for it.
    private let ranges = Mutex(Ranges())
    private var failed: Failure?
    private var asking: [String: Task<Choice, any Error>] = [:]

    /// - Parameter isUsed: if not, the engine's own bridge is.
    init(engine: DockerEngine, kind: EngineKind, isUsed: Bool) {
        self.engine = engine
        self.kind = kind
        self.isUsed = isUsed
    }

    /// The network's name.
    static func name(_ instance: String) -> String { "\(ContainerPlan.prefix(instance))jobs" }

    /// The network, which is made if it is not there. An engine that has no addresses left gets no second question
    /// for a minute. Whoever asks meanwhile waits for the same answer: the engine would make two of one name.
    ///
    /// - Parameter anew: whether the engine is asked also within that minute.
    func choice(_ instance: String, anew: Bool = false) async throws -> Choice {
        guard isUsed else { return Choice(name: Self.fallback) }
        if let name = known[instance] { return Choice(name: name) }
        if !anew, let failed, clock.now < failed.end { return Choice(name: Self.fallback, problem: failed.problem) }
        let question = asking[instance] ?? Task { try await self.find(instance) }
        asking[instance] = question
        return try await question.value
    }

    /// The network for what any job may take, also an untrusted one: never the bridge for want of another.
    ///
    /// - Throws: `unsupported` when there is no other.
    func forAnyJob(_ instance: String) async throws -> String {
        let choice = try await choice(instance)
        if let problem = choice.problem { throw DockerError(.unsupported, "no network of its own: \(problem)") }
        return choice.name
    }

    private func find(_ instance: String) async throws -> Choice {
        defer { asking[instance] = nil }
        let name = Self.name(instance)
        let hidesContainers = try await hidesContainers()
        // Twice: somebody may remove it (docker network prune) as soon as it is made.
        for _ in 0..<2 {
            if let problem = try await problem(making: name, for: instance) { return cannotBeMade(problem) }
            let networks = try await engine.networks(labels: [Labels.instance: instance])
            let found = hidesContainers ? [] : Self.ranges(of: networks)
            ranges.withLock { $0.own = found }
            // By its id: a controller that was killed while it asked for one may have left two of one name.
            guard let id = networks.filter({ $0.name == name }).map(\.id).sorted().first else { continue }
            known[instance] = id
            failed = nil
            return Choice(name: id)
        }
        return cannotBeMade("the network that was made is not there")
    }

    /// The engine's bridge is the choice for a while.
    func cannotBeMade(_ problem: String, for time: Duration = .seconds(60)) -> Choice {
        failed = Failure(problem: problem, end: clock.now + time)
        return Choice(name: Self.fallback, problem: problem)
    }

    /// A job is put on the engine's bridge. From now on the bridge's addresses count as those of jobs, which may stay there
    /// for long; those of others who are there cannot be told from them.
    func countBridge() async throws(DockerError) {
        guard isUsed else { return }
        guard try await !hidesContainers() else { return }
        let bridge = Self.ranges(of: try await engine.networks().filter { $0.name == Self.fallback })
        ranges.withLock { $0.bridge = bridge }
    }

    /// Behind a rootless engine no address of a container is seen; the same address may be somebody else's here. What a
    /// container asks for is asked by a program of the engine's user, so that it comes from this machine.
    private func hidesContainers() async throws(DockerError) -> Bool {
        let isRootless: Bool
        do throws(DockerError) {
            isRootless = try await kind.info().isRootless
        } catch {
            if error.isTransient || error.kind == .cancelled { throw error }
            // A proxy before the engine may keep this from us.
            isRootless = false
        }
        let isMachine = isRootless && engine.isOnThisMachine
        ranges.withLock { $0.isMachine = isMachine }
        return isRootless
    }

    /// Counts the bridge if a container of a job is there, which an earlier process may have put there.
    func countBridge(ifUsedBy container: DockerContainer) async throws(DockerError) {
        if container.addresses[Self.fallback] != nil { try await countBridge() }
    }

    /// The same for all jobs that run.
    func countBridge(ifUsedByJobsOf instance: String) async throws(DockerError) {
        for summary in try await engine.containers(labels: [Labels.instance: instance, Labels.job: nil], all: false) {
            if let container = try await engine.container(summary.id) { try await countBridge(ifUsedBy: container) }
        }
    }

    private static func ranges(of networks: [DockerNetwork]) -> [AddressRange] {
        networks.flatMap(\.subnets).compactMap(AddressRange.init)
    }

    /// Makes the network unless it is there.
    ///
    /// - Returns: why there can be none.
    private func problem(making name: String, for instance: String) async throws -> String? {
        let labels = [Labels.instance: instance]
        if try await engine.networks(labels: labels).contains(where: { $0.name == name }) { return nil }
        do {
            try await engine.createNetwork(
                name: name, labels: labels, options: ["com.docker.network.bridge.enable_icc": "false"])
            return nil
        } catch {
            // Another job was faster.
            if error.kind == .conflict { return nil }
            if error.isTransient || error.kind == .cancelled { throw error }
            return error.message
        }
    }

    /// It may have been removed: the next question looks again.
    func forget() { known = [:] }

    /// Why an untrusted job does not run where it would reach containers of others, and what to do.
    static func refusal(_ problem: String) -> String {
        "there is no network of its own for an untrusted job, which would reach other containers on the engine's bridge "
            + "(\(problem)): remove networks that nobody uses (docker network prune), or give the engine more addresses "
            + "(default-address-pools in its daemon.json)"
    }

    /// Whether an address is one of a container in the network, or on the bridge if jobs had to go there; with a rootless
    /// engine, whether it is one of this machine.
    nonisolated func contains(_ address: String) -> Bool {
        let ranges = ranges.withLock { $0 }
        return (ranges.own + ranges.bridge).contains { $0.contains(address) }
            || ranges.isMachine && MachineAddress.isOne(address)
    }

    /// Removes it, unless containers are in it.
    func remove(_ instance: String) async {
        known[instance] = nil
        for network in (try? await engine.networks(labels: [Labels.instance: instance])) ?? [] {
            try? await engine.removeNetwork(network.id)
        }
    }

    /// Removes it if it is not used any more.
    func sweep(_ instance: String) async { if !isUsed { await remove(instance) } }
}
