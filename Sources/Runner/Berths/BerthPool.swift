import DockerEngine
import Logging
import Model

/// A few berths that wait for jobs. Each is used once and thrown away; none is made while jobs are being started,
/// because making one costs as much as it saves.
actor BerthPool {
    /// How long no job must have been started before a berth is made.
    static let quiet = Duration.milliseconds(400)
    private static let checkInterval = Duration.seconds(15)

    private let engine: DockerEngine
    private let network: JobNetwork
    private let size: Int
    private let logger: Logger
    let folders: BerthFolders
    private let clock = ContinuousClock()

    private var ready: [Berth] = []
    /// All that this process made and did not remove: a sweep leaves them alone.
    private var known: Set<String> = []
    private var taken: [JobAttempt: [Berth]] = [:]
    private var lastStart: ContinuousClock.Instant
    private var lastCheck: ContinuousClock.Instant?
    private var pause: Task<Void, Never>?
    private var made = 0

    /// - Parameter size: how many wait at most; none is made if 0.
    init(engine: DockerEngine, network: JobNetwork, folder: String, size: Int, logger: Logger) {
        self.engine = engine
        self.network = network
        self.size = max(0, size)
        self.logger = logger
        folders = BerthFolders(root: folder)
        lastStart = clock.now - Self.quiet
    }

    /// A berth for an attempt, if one is ready.
    func take(for attempt: JobAttempt) -> Berth? {
        lastStart = clock.now
        guard let berth = ready.popLast() else { return nil }
        taken[attempt, default: []].append(berth)
        return berth
    }

    /// A job uses a berth that was made for it.
    func give(_ berth: Berth, to attempt: JobAttempt) {
        lastStart = clock.now
        taken[attempt, default: []].append(berth)
    }

    /// How long nothing is to be prepared yet, because a job was started a moment ago.
    var calm: Duration { lastStart + Self.quiet - clock.now }

    /// None of those that are ready can be trusted, for instance because the engine was started again.
    func distrust() async {
        let berths = ready
        ready = []
        for berth in berths { await remove(berth.name) }
    }

    /// Removes what the attempt used.
    func release(_ attempt: JobAttempt) async {
        for berth in taken.removeValue(forKey: attempt) ?? [] where known.contains(berth.name) {
            await remove(berth.name)
        }
    }

    /// Removes a berth by its name. One that cannot be removed is left to a sweep.
    func remove(_ name: String) async {
        do {
            try await engine.remove(name, force: true, volumes: true)
            await folders.remove(name)
        } catch {
            logger.debug("the berth \(name) stays for now: \(error)")
        }
        known.remove(name)
    }

    /// Whether this process still needs it.
    func knows(_ name: String) -> Bool { known.contains(name) }

    /// How many are ready.
    var readyCount: Int { ready.count }

    /// Keeps berths ready until the task is cancelled, and removes them then.
    func maintain(instance: String) async {
        // Also for jobs of an earlier process: whose addresses they are is known from now on.
        _ = try? await network.choice(instance)
        var failures = 0
        while !Task.isCancelled, size > 0 {
            var wait = Self.checkInterval
            do {
                try await check(instance)
                if await folders.isMemoryScarce() {
                    await distrust()
                } else if ready.count < size {
                    let calm = calm
                    if calm <= .zero {
                        ready.append(try await make(instance))
                        failures = 0
                        continue
                    }
                    wait = calm
                }
            } catch {
                if Task.isCancelled { break }
                failures += 1
                // Such as an engine on another machine, which does not see our folders: that will not change soon.
                wait = min(.seconds(300), .seconds(2) * (1 << min(failures, 8)))
                logger.log(level: failures == 1 ? .info : .debug, "no start can be prepared: \(error)")
            }
            await pause(wait)
        }
        // The requests must go out although the task is cancelled.
        await Task { await distrust() }.value
    }

    private func pause(_ duration: Duration) async {
        let pause = Task { _ = try? await Task.sleep(for: duration) }
        self.pause = pause
        await withTaskCancellationHandler {
            await pause.value
        } onCancel: {
            pause.cancel()
        }
        // Woken by a start: that job shall have the machine for itself.
        if self.pause?.isCancelled == true { _ = try? await Task.sleep(for: Self.quiet) }
        self.pause = nil
    }

    /// Forgets those that do not wait any more.
    private func check(_ instance: String) async throws {
        if let lastCheck, clock.now - lastCheck < Self.checkInterval { return }
        let running = Set(
            try await engine.containers(labels: [Labels.instance: instance, Labels.berth: nil], all: false)
                .compactMap { $0.labels[Labels.berth] })
        lastCheck = clock.now
        for berth in ready where !running.contains(berth.name) {
            ready.removeAll { $0 == berth }
            await remove(berth.name)
        }
    }

    /// Makes one; whoever called removes it.
    func make(_ instance: String) async throws -> Berth {
        made += 1
        let name = "\(ContainerPlan.prefix(instance))berth-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"
        known.insert(name)
        do {
            let image = try await BerthImage.find(engine)
            try await folders.make(name)
            let folder = folders.path(name)
            var spec = DockerContainerSpec(image: image)
            spec.entrypoint = [BerthImage.programPath]
            spec.command = []
            spec.labels = [Labels.instance: instance, Labels.berth: name]
            spec.mounts = [DockerMount(.bind("\(folder)/output"), at: BerthImage.pipePath)]
            spec.networkMode = try await network.choice(instance).name
            spec.memory = 16 << 20
            spec.memorySwap = 16 << 20
            spec.pidsLimit = 4
            spec.capDrop = ["ALL"]
            spec.securityOptions = ["no-new-privileges"]
            spec.logDriver = "none"
            let container = try await engine.createContainer(spec, name: name)
            try await engine.start(container)
            return Berth(name: name, container: container, folder: folder)
        } catch {
            await network.forget()
            await Task { await remove(name) }.value
            throw error
        }
    }
}
