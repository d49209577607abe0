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
    private let isUsed: Bool
    private let clock = ContinuousClock()
    private var known: [String: String] = [:]
    /// Beside the actor, because every request of the page asks for it.
    private let ranges = Mutex<[AddressRange]>([])
    private var failed: Failure?
    private var asking: [String: Task<Choice, any Error>] = [:]

    /// - Parameter isUsed: if not, the engine's own bridge is.
    init(engine: DockerEngine, isUsed: Bool) {
        self.engine = engine
        self.isUsed = isUsed
    }

    /// The network's name.
    static func name(_ instance: String) -> String { "\(ContainerPlan.prefix(instance))jobs" }

    /// The network, which is made if it is not there. An engine that has no addresses left gets no second question
    /// for a minute. Whoever asks meanwhile waits for the same answer: the engine would make two of one name.
    func choice(_ instance: String) async throws -> Choice {
        guard isUsed else { return Choice(name: Self.fallback) }
        if let name = known[instance] { return Choice(name: name) }
        if let failed, clock.now < failed.end { return Choice(name: Self.fallback, problem: failed.problem) }
        let question = asking[instance] ?? Task { try await self.find(instance) }
        asking[instance] = question
        return try await question.value
    }

    private func find(_ instance: String) async throws -> Choice {
        defer { asking[instance] = nil }
        let name = Self.name(instance)
        if let problem = try await problem(making: name, for: instance) {
            failed = Failure(problem: problem, end: clock.now + .seconds(60))
            return Choice(name: Self.fallback, problem: problem)
        }
        let networks = try await engine.networks(labels: [Labels.instance: instance])
        let found = networks.flatMap(\.subnets).compactMap(AddressRange.init)
        ranges.withLock { $0 = found }
        // By its id: a controller that was killed while it asked for one may have left two of one name.
        guard let id = networks.filter({ $0.name == name }).map(\.id).sorted().first else {
            return Choice(name: Self.fallback, problem: "the network that was made is not there")
        }
        known[instance] = id
        return Choice(name: id)
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

    /// Whether an address is one of a container in the network.
    nonisolated func contains(_ address: String) -> Bool {
        ranges.withLock { $0 }.contains { $0.contains(address) }
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
