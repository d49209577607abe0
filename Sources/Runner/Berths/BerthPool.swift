import DockerEngine
import Logging
import Model
import Synchronization
import ThreadPool

/// A few berths that wait for jobs. None is made while jobs are being started, because making one costs as much as it
/// saves: in a crowd, the next job of the same project gets the network of the one before (see `BerthNetwork`). Pipes are
/// used once.
actor BerthPool {
    /// How long no job must have been started or have ended before a berth is made, and how long a network waits for the
    /// next job of its project.
    private let quiet: Duration
    private static let checkInterval = Duration.seconds(15)

    private let engine: DockerEngine
    private let network: JobNetwork
    private let size: Int
    private let logger: Logger
    let folders: BerthFolders
    let keeper: PipeKeeper
    private let clock = ContinuousClock()

    /// What an attempt has.
    private struct Use {
        let berth: Berth
        /// Whose next job may have the network; `nil` for nobody's.
        let owner: String?
        let generation: Int
    }

    private var ready: [Berth] = []
    private var used = UsedNetworks()
    /// All that this process made and did not remove: a sweep leaves them alone.
    private var known: Set<String> = []
    private var taken: [JobAttempt: [Use]] = [:]
    /// Grows when those that are there cannot be trusted any more.
    private var generation = 0
    private var isEnding = false
    private var lastStart: ContinuousClock.Instant
    private var lastCheck: ContinuousClock.Instant?
    private let pause = Pause()
    /// Jobs whose containers are being made.
    private nonisolated let starting = Atomic(0)
    /// How often in a row none could be made.
    private var failures = 0

    /// - Parameter size: how many wait at most; none is made if 0.
    init(
        engine: DockerEngine, network: JobNetwork, folder: String, size: Int, quiet: Duration, logger: Logger
    ) {
        self.engine = engine
        self.network = network
        self.size = max(0, size)
        self.logger = logger
        folders = BerthFolders(root: folder)
        keeper = PipeKeeper(engine: engine, folders: folders, logger: logger)
        self.quiet = quiet
        lastStart = clock.now - quiet
    }

    /// A berth for an attempt, with a network if one is ready.
    ///
    /// - Parameters:
    ///   - owner: whose jobs may have the same network one after the other; `nil` for a job that nobody follows.
    ///   - needsNetwork: whether it is worth one that waits.
    func take(
        for attempt: JobAttempt, _ instance: String, owner: String? = nil, needsNetwork: Bool = true
    ) async -> Berth? {
        lastStart = clock.now
        // Another is to be made before long, unless that did not work.
        defer { if failures == 0 { pause.end() } }
        guard size > 0 else { return nil }
        var network: BerthNetwork?
        if needsNetwork {
            network = owner.flatMap { used.take($0) }
            if network == nil, let berth = ready.popLast() {
                note(berth, attempt, owner)
                return berth
            }
        }
        let name = BerthFolders.name("pipe", instance)
        known.insert(name)
        let berth = Berth(name: name, network: network, folder: folders.path(name))
        // Before anything is waited for, so that it is somebody's at any time.
        note(berth, attempt, owner)
        do {
            try await folders.make(name)
            guard await keeper.hold(name, instance) else { throw CancellationError() }
            return berth
        } catch {
            taken[attempt]?.removeAll { $0.berth == berth }
            await discard(berth)
            return nil
        }
    }

    /// A job uses a berth that was made for it.
    func give(_ berth: Berth, to attempt: JobAttempt) {
        lastStart = clock.now
        note(berth, attempt, nil)
    }

    private func note(_ berth: Berth, _ attempt: JobAttempt, _ owner: String?) {
        taken[attempt, default: []].append(Use(berth: berth, owner: owner, generation: generation))
    }

    /// Makes a job's container; nothing is prepared for others meanwhile.
    nonisolated func whileStarting<Result>(_ work: () async throws -> Result) async rethrows -> Result {
        starting.add(1, ordering: .relaxed)
        defer { starting.subtract(1, ordering: .relaxed) }
        return try await work()
    }

    /// How long nothing is to be prepared yet, because a job is being started or was a moment ago.
    var calm: Duration { starting.load(ordering: .relaxed) > 0 ? quiet : lastStart + quiet - clock.now }

    /// None of those that are ready can be trusted, for instance because the engine was started again.
    func distrust() async {
        generation += 1
        let names = ready.map(\.name) + used.remove().map(\.name)
        ready = []
        await withDiscardingTaskGroup { group in
            for name in names { group.addTask { await self.remove(name) } }
        }
    }

    /// The attempt's containers are gone: its pipe is removed, and its network too unless the next job may have it.
    func release(_ attempt: JobAttempt) async {
        // Where one job ends another begins, most of the time.
        lastStart = clock.now
        for use in taken.removeValue(forKey: attempt) ?? [] where known.contains(use.berth.name) {
            guard let network = use.berth.network, let owner = use.owner, await folders.isUntouched(network),
                use.generation == generation, !isEnding, used.count < size
            else {
                await discard(use.berth)
                continue
            }
            used.add(network, of: owner)
            if use.berth.name != network.name { await remove(use.berth.name, hasContainer: false) }
        }
    }

    /// Removes a berth with its network.
    private func discard(_ berth: Berth) async {
        if let network = berth.network { await remove(network.name) }
        if berth.name != berth.network?.name { await remove(berth.name, hasContainer: false) }
    }

    /// Removes what a job's container used, by its labels, if that is of an earlier process: ours are released.
    func remove(usedBy labels: [String: String]) async {
        for label in [Labels.output, Labels.network] {
            guard let name = labels[label], !name.isEmpty, !known.contains(name) else { continue }
            await remove(name)
        }
    }

    /// Removes a berth by its name, in a task that is cancelled too: a job may end while the process does. One that cannot
    /// be removed is left to a sweep.
    func remove(_ name: String, hasContainer: Bool = true) async {
        let (engine, folders) = (engine, folders)
        let removal = Task(executorPreference: ThreadPool.shared) {
            if hasContainer { try await engine.remove(name, force: true, volumes: true) }
            await folders.remove(name)
        }
        if case .failure(let error) = await removal.result {
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
        try? await network.countBridge(ifUsedByJobsOf: instance)
        while !Task.isCancelled, size > 0 {
            var wait = Self.checkInterval
            do {
                try await check(instance)
                if await folders.isMemoryScarce() {
                    await distrust()
                } else if ready.count < size || used.count > 0 {
                    let calm = calm
                    if calm <= .zero {
                        for network in used.remove() { await remove(network.name) }
                        if ready.count < size { ready.append(try await make(instance)) }
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
            if await pause.sleep(wait) { _ = try? await Task.sleep(for: quiet) }
        }
        isEnding = true
        await distrust()
    }

    /// Forgets those that do not wait any more.
    private func check(_ instance: String) async throws {
        if let lastCheck, clock.now - lastCheck < Self.checkInterval { return }
        let now = clock.now
        let running = Set(
            try await engine.containers(labels: [Labels.instance: instance], all: false)
                .compactMap { $0.labels[Labels.berth] ?? $0.labels[Labels.keeper] })
        lastCheck = clock.now
        // All at once: a job that comes while they are being removed must not get one of them.
        let gone = ready.map(\.name).filter { !running.contains($0) }
        ready.removeAll { gone.contains($0.name) }
        for name in gone + used.remove(where: { !running.contains($0.name) }).map(\.name) { await remove(name) }
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
            spec.networkMode = try await network.forAnyJob(instance)
            let container = try await engine.createContainer(spec, name: name)
            try await engine.start(container)
            let paths = try await engine.container(container)?.networkFiles ?? []
            let network = BerthNetwork(name: name, container: container, files: await folders.files(paths))
            return Berth(name: name, network: network, folder: folder)
        } catch {
            await network.forget()
            await remove(name)
            throw error
        }
    }
}
