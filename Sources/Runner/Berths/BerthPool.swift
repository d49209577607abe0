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
    let keeper: PipeKeeper
    private let clock = ContinuousClock()

    private var ready: [Berth] = []
    /// All that this process made and did not remove: a sweep leaves them alone.
    private var known: Set<String> = []
    private var taken: [JobAttempt: [Berth]] = [:]
    private var lastStart: ContinuousClock.Instant
    private var lastCheck: ContinuousClock.Instant?
    private let pause = Pause()
    /// How often in a row none could be made.
    private var failures = 0

    /// - Parameter size: how many wait at most; none is made if 0.
    init(engine: DockerEngine, network: JobNetwork, folder: String, size: Int, logger: Logger) {
        self.engine = engine
        self.network = network
        self.size = max(0, size)
        self.logger = logger
        folders = BerthFolders(root: folder)
        keeper = PipeKeeper(engine: engine, folders: folders, logger: logger)
        lastStart = clock.now - Self.quiet
    }

    /// A berth for an attempt, with a network if one is ready.
    ///
    /// - Parameter needsNetwork: whether it is worth one that waits.
    func take(for attempt: JobAttempt, _ instance: String, needsNetwork: Bool = true) async -> Berth? {
        lastStart = clock.now
        // Another is to be made before long, unless that did not work.
        defer { if failures == 0 { pause.end() } }
        if needsNetwork, let berth = ready.popLast() {
            taken[attempt, default: []].append(berth)
            return berth
        }
        guard size > 0 else { return nil }
        let name = BerthFolders.name("pipe", instance)
        known.insert(name)
        do {
            try await folders.make(name)
            guard await keeper.hold(name, instance) else { throw CancellationError() }
        } catch {
            await folders.remove(name)
            known.remove(name)
            return nil
        }
        let berth = Berth(name: name, container: nil, folder: folders.path(name))
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
        await withDiscardingTaskGroup { group in
            for berth in berths { group.addTask { await self.remove(berth.name) } }
        }
    }

    /// Removes what the attempt used.
    func release(_ attempt: JobAttempt) async {
        for berth in taken.removeValue(forKey: attempt) ?? [] where known.contains(berth.name) {
            await remove(berth.name, hasContainer: berth.container != nil)
        }
    }

    /// Removes a berth by its name. One that cannot be removed is left to a sweep.
    func remove(_ name: String, hasContainer: Bool = true) async {
        do {
            if hasContainer { try await engine.remove(name, force: true, volumes: true) }
            await folders.remove(name)
        } catch {
            logger.debug("the berth \(name) stays for now: \(error)")
        }
        known.remove(name)
    }

    /// Whether this process still needs it.
    func knows(_ name: String) async -> Bool {
        if known.contains(name) { return true }
        return await keeper.names.contains(name)
    }

    /// How many are ready.
    var readyCount: Int { ready.count }

    /// Keeps berths ready until the task is cancelled, and removes them then.
    func maintain(instance: String) async {
        // Also for jobs of an earlier process: whose addresses they are is known from now on.
        _ = try? await network.choice(instance)
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
            // Ended by a start: that job shall have the machine for itself.
            if await pause.sleep(wait) { _ = try? await Task.sleep(for: Self.quiet) }
        }
        // The requests must go out although the task is cancelled.
        await Task { await distrust() }.value
    }

    /// Forgets those that do not wait any more.
    private func check(_ instance: String) async throws {
        if let lastCheck, clock.now - lastCheck < Self.checkInterval { return }
        let now = clock.now
        let running = Set(
            try await engine.containers(labels: [Labels.instance: instance], all: false)
                .compactMap { $0.labels[Labels.berth] ?? $0.labels[Labels.keeper] })
        lastCheck = clock.now
        for berth in ready where !running.contains(berth.name) {
            ready.removeAll { $0 == berth }
            await remove(berth.name)
        }
        await keeper.maintain(instance, running: running, at: now)
    }

    /// Makes one; whoever called removes it.
    func make(_ instance: String) async throws -> Berth {
        let name = BerthFolders.name("berth", instance)
        known.insert(name)
        do {
            let image = try await BerthImage.find(engine)
            try await folders.make(name)
            let folder = folders.path(name)
            var spec = BerthImage.spec(image, .hold, pipe: "\(folder)/output")
            spec.labels = [Labels.instance: instance, Labels.berth: name]
            spec.networkMode = try await network.choice(instance).name
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
