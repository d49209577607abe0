import DockerEngine
import Foundation
import Logging
import Pipes

/// Keeps the pipes of containers that have no berth open, so that what a script wrote stays there when nobody else has
/// the pipe: the script ended while the controller was away.
///
/// It is a container of one small program, asked through a pipe of its own. It outlives the controller; the next one
/// makes a keeper of its own, has all pipes opened by that, and removes the old one only then.
actor PipeKeeper {
    /// The program closes nothing: after so many pipes another keeper takes over.
    private static let mostPipes = 500
    /// Where the folders of the pipes are in the container.
    private static let mount = "/pipes"
    /// How long a keeper has to open its first pipe.
    private static let patience = Duration.seconds(10)

    private struct Keeper {
        var name: String
        var container: String
        var requests: HoldRequests
        var since: ContinuousClock.Instant
        var pipes = 0
    }

    private let engine: DockerEngine
    private let folders: BerthFolders
    private let logger: Logger
    private let clock = ContinuousClock()

    private var keeper: Keeper?
    private var making: Task<Keeper, any Error>?
    private var failures = 0
    private var noEarlier: ContinuousClock.Instant?
    /// The folders that this process made for its keepers.
    private(set) var names: Set<String> = []

    init(engine: DockerEngine, folders: BerthFolders, logger: Logger) {
        self.engine = engine
        self.folders = folders
        self.logger = logger
    }

    /// Has a pipe kept.
    ///
    /// - Parameter name: of its folder.
    /// - Returns: whether it is.
    func hold(_ name: String, _ instance: String) async -> Bool {
        do {
            try await ready(instance).requests.send(Self.place(name))
            keeper?.pipes += 1
            return true
        } catch {
            logger.debug("the pipe \(name) is not kept: \(error)")
            keeper = nil
            return false
        }
    }

    /// Makes one if there is none, or if the one that was there does not run any more.
    ///
    /// - Parameters:
    ///   - running: the names of those that do.
    ///   - time: when that was seen.
    func maintain(_ instance: String, running: Set<String>, at time: ContinuousClock.Instant) async {
        if let keeper, keeper.since < time, !running.contains(keeper.name) { self.keeper = nil }
        _ = try? await ready(instance)
    }

    /// Whether the pipes of earlier processes are kept by this one's keeper too.
    var isReady: Bool { keeper != nil }

    /// Removes the keeper, unless a job's container has a pipe: then it stays, for the next process.
    func end(_ instance: String) async {
        let labels: [String: String?] = [Labels.instance: instance, Labels.output: nil]
        guard let users = try? await engine.containers(labels: labels),
            users.allSatisfy({ $0.labels[Labels.output] == "" })
        else { return }
        keeper = nil
        await removeAll(instance)
        // Also those whose removal was cut off.
        for name in await folders.names() { await folders.remove(name) }
    }

    private static func place(_ name: String) -> String { "\(mount)/\(name)/\(SpooledPipe.pipeName)" }

    private func ready(_ instance: String) async throws -> Keeper {
        if let keeper, keeper.pipes < Self.mostPipes { return keeper }
        if let making { return try await making.value }
        if let noEarlier, clock.now < noEarlier { throw DockerError(.unsupported, "no pipes are kept for now") }
        let making = Task { try await self.make(instance) }
        self.making = making
        defer { self.making = nil }
        do {
            let made = try await making.value
            keeper = made
            failures = 0
            await removeAll(instance, but: made.name)
            return made
        } catch {
            failures += 1
            // Such as an engine on another machine, which does not see our folders: that will not change soon.
            noEarlier = clock.now + min(.seconds(300), .seconds(1) * (1 << min(failures, 8)))
            logger.log(level: failures == 1 ? .info : .debug, "no pipes can be kept: \(error)")
            throw error
        }
    }

    private func make(_ instance: String) async throws -> Keeper {
        let name = BerthFolders.name("keeper", instance)
        names.insert(name)
        do {
            let image = try await BerthImage.find(engine)
            try await folders.make(name)
            let requests = try await folders.requests(name)
            var spec = BerthImage.spec(image, .keep, pipe: "\(folders.path(name))/\(SpooledPipe.pipeName)")
            spec.labels = [Labels.instance: instance, Labels.keeper: name]
            spec.mounts.append(DockerMount(.bind(folders.root), at: Self.mount))
            spec.networkMode = "none"
            let container = try await engine.createContainer(spec, name: name)
            try await engine.start(container)
            // Those of an earlier process, or of a keeper that has enough.
            for other in await folders.names() where !names.contains(other) { try requests.send(Self.place(other)) }
            // After the others: when this one is open, so are they.
            try await prove(requests, instance)
            return Keeper(name: name, container: container, requests: requests, since: clock.now)
        } catch {
            await Task { try? await self.remove(name) }.value
            throw error
        }
    }

    /// Whether the program opens what it is asked for: it may be on another machine, or see the folder as another user.
    private func prove(_ requests: HoldRequests, _ instance: String) async throws {
        let name = BerthFolders.name("trial", instance)
        names.insert(name)
        var isHeld = false
        do {
            try await folders.make(name)
            try requests.send(Self.place(name))
            let end = clock.now + Self.patience
            isHeld = await folders.isHeld(name)
            while !isHeld, clock.now < end {
                try await Task.sleep(for: .milliseconds(2))
                isHeld = await folders.isHeld(name)
            }
        } catch {}
        await folders.remove(name)
        names.remove(name)
        guard isHeld else { throw DockerError(.unsupported, "its containers cannot open pipes of ours") }
    }

    /// Removes keepers of this process and of earlier ones. Before, another one has all that they had.
    private func removeAll(_ instance: String, but kept: String? = nil) async {
        let labels: [String: String?] = [Labels.instance: instance, Labels.keeper: nil]
        for other in (try? await engine.containers(labels: labels)) ?? [] {
            guard let name = other.labels[Labels.keeper], name != kept else { continue }
            try? await remove(name)
        }
    }

    private func remove(_ name: String) async throws {
        try await engine.remove(name, force: true, volumes: true)
        await folders.remove(name)
        names.remove(name)
    }
}
