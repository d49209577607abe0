import DockerEngine
import Foundation
import Logging
import Model

/// A few containers that wait for jobs of the hooks that ran last. Each is used once and thrown away with its job.
actor StandbyPool {
    /// How long one waits for its hook's next job.
    static let patience = Duration.seconds(12 * 3600)
    private static let checkInterval = Duration.seconds(15)

    private struct Wish {
        var recipe: StandbyRecipe
        var since: ContinuousClock.Instant
        /// How often the engine refused: once may be by accident, such as a network's container that was just gone.
        var refusals = 0
        /// Trying again is no use before the next job.
        var isHopeless: Bool { refusals >= 3 }
    }

    private let engine: DockerEngine
    private let berths: BerthPool
    private let users: UserLookup
    private let workspace: Workspace
    private let size: Int
    private let logger: Logger
    private let clock = ContinuousClock()

    /// The hooks that ran last, the latest at the end.
    private var wishes: [Wish] = []
    private var ready: [String: Standby] = [:]
    private var watches: [String: Task<Void, Never>] = [:]
    /// All that this process made and did not remove: a sweep leaves them alone.
    private var known: Set<String> = []
    /// Jobs that got one.
    private var given: Set<JobAttempt> = []
    private let pause = Pause()
    /// Those that are being thrown away.
    private var discards: [String: Task<Void, Never>] = [:]

    /// - Parameter size: how many wait at most; none is made if 0.
    init(
        engine: DockerEngine, berths: BerthPool, users: UserLookup, workspace: Workspace, size: Int, logger: Logger
    ) {
        self.engine = engine
        self.berths = berths
        self.users = users
        self.workspace = workspace
        self.size = max(0, size)
        self.logger = logger
    }

    /// The container that waits for this job, if there is one. Its hook is remembered as the one used last; one that was
    /// made for the same hook before it changed goes.
    func take(_ recipe: StandbyRecipe, for attempt: JobAttempt) async -> Standby? {
        guard size > 0 else { return nil }
        wishes.removeAll { $0.recipe.owner == recipe.owner }
        wishes.append(Wish(recipe: recipe, since: clock.now))
        if wishes.count > size { wishes.removeFirst(wishes.count - size) }
        var found: Standby?
        for standby in ready.values where standby.recipe.owner == recipe.owner {
            unready(standby)
            if found == nil, standby.recipe == recipe { found = standby } else { discardLater(standby) }
        }
        // Another hook's place may have gone to this one.
        for standby in ready.values where !isWanted(standby) {
            unready(standby)
            discardLater(standby)
        }
        if let found {
            given.insert(attempt)
            await berths.give(found.berth, to: attempt)
        }
        pause.end()
        return found
    }

    /// None of those that wait can be trusted, for instance because the engine was started again.
    func distrust() async {
        let standbys = Array(ready.values)
        for standby in standbys { unready(standby) }
        for standby in standbys { await discard(standby) }
    }

    /// Whether this process still needs it.
    func knows(_ name: String) -> Bool { known.contains(name) }

    /// It was removed with its job.
    func forget(_ name: String) { known.remove(name) }

    /// Whether a job got one from this process.
    func gave(to attempt: JobAttempt) -> Bool { given.contains(attempt) }

    /// All of a job is removed.
    func forget(_ attempt: JobAttempt) { given.remove(attempt) }

    /// Those that wait.
    var waiting: [Standby] { Array(ready.values) }

    /// Keeps containers waiting until the task is cancelled, and removes them then.
    func maintain(instance: String) async {
        var failures = 0
        while !Task.isCancelled, size > 0 {
            var wait = Self.checkInterval
            if await berths.folders.isMemoryScarce() {
                await distrust()
            } else if let wish = nextWish() {
                let calm = await berths.calm
                if calm <= .zero {
                    do {
                        try await make(wish, instance)
                        failures = 0
                        continue
                    } catch {
                        if Task.isCancelled { break }
                        failures += 1
                        wait = min(.seconds(300), .seconds(2) * (1 << min(failures, 8)))
                        if !((error as? DockerError)?.isTransient ?? false) { noteRefusal(wish) }
                        logger.log(level: failures == 1 ? .info : .debug, "no container can wait: \(error)")
                    }
                } else {
                    wait = calm
                }
            }
            _ = await pause.sleep(wait)
        }
        // The requests must go out although the task is cancelled.
        await Task {
            await distrust()
            for discard in discards.values { await discard.value }
        }.value
    }

    /// The hook that ran last and has none waiting. What nobody asked for in a long time is forgotten.
    private func nextWish() -> StandbyRecipe? {
        wishes.removeAll { clock.now - $0.since > Self.patience }
        for standby in ready.values where !isWanted(standby) {
            unready(standby)
            discardLater(standby)
        }
        return wishes.last { wish in
            !wish.isHopeless && !ready.values.contains { $0.recipe == wish.recipe }
        }?.recipe
    }

    private func isWanted(_ standby: Standby) -> Bool { wishes.contains { $0.recipe == standby.recipe } }

    private func noteRefusal(_ recipe: StandbyRecipe) {
        for place in wishes.indices where wishes[place].recipe == recipe { wishes[place].refusals += 1 }
    }

    private func unready(_ standby: Standby) {
        ready[standby.name] = nil
        watches.removeValue(forKey: standby.name)?.cancel()
    }

    /// Not while a job that begins waits for it.
    private func discardLater(_ standby: Standby) {
        discards[standby.name] = Task {
            await self.discard(standby)
            self.discards[standby.name] = nil
        }
    }

    /// Throws one away.
    func discard(_ standby: Standby) async {
        await remove(standby.name, container: standby.container, berth: standby.berth.name)
    }

    /// Removes a container, its volume and its berth. What cannot be removed is left to a sweep.
    private func remove(_ name: String, container: String, berth: String) async {
        do {
            try await engine.remove(container, force: true, volumes: true)
            try await engine.removeVolume(name)
        } catch {
            logger.debug("the waiting container \(name) stays for now: \(error)")
        }
        await berths.remove(berth)
        known.remove(name)
    }

    private func make(_ recipe: StandbyRecipe, _ instance: String) async throws {
        let name = "\(ContainerPlan.prefix(instance))standby-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"
        known.insert(name)
        var berth: Berth?
        do {
            let place = try await berths.make(instance)
            berth = place
            let labels = [Labels.instance: instance, Labels.standby: name]
            let volume = try await engine.createVolume(name: name, labels: labels)
            guard let near = await workspace.folder(ofVolumeAt: volume.mountpoint),
                let folder = StandbyFolder(volume: near)
            else { throw DockerError(.unsupported, "the engine's volumes cannot be written from here") }
            let container = try await engine.createContainer(recipe.spec(name: name, berth: place), name: name)
            let user = try await users.find(
                recipe.user, image: recipe.template.image, named: recipe.imageName, container: container)
            let gate = try folder.prepare(for: user)
            try await engine.start(container)
            try Task.checkCancellation()
            let standby = Standby(
                recipe, name: name, container: container, berth: place, folder: folder, user: user, gate: gate,
                folders: berths.folders)
            guard isWanted(standby) else { return await discard(standby) }
            ready[name] = standby
            watch(standby)
        } catch {
            let made = berth?.name
            await Task { await remove(name, container: name, berth: made ?? name) }.value
            throw error
        }
    }

    /// One that ends while it waits is no use.
    private func watch(_ standby: Standby) {
        watches[standby.name] = Task {
            _ = try? await engine.wait(standby.container)
            guard !Task.isCancelled, ready[standby.name] === standby else { return }
            unready(standby)
            discardLater(standby)
        }
    }
}
