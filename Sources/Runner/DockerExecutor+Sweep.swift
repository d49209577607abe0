import DockerEngine
import Foundation
import Logging
import Synchronization

extension DockerExecutor {
    /// How old an image without a name has to be before a sweep takes it: one that is being committed gets its name a
    /// moment later.
    static let namelessAge = Duration.seconds(600)

    public func sweep(instance: String, keep: @Sendable () async throws -> Set<JobAttempt>) async throws {
        try await sweep(instance: instance, namelessAge: Self.namelessAge, keep: keep)
    }

    /// The same; tests do not wait for images to grow old.
    func sweep(
        instance: String, namelessAge: Duration, keep: @Sendable () async throws -> Set<JobAttempt>
    ) async throws {
        let found = try await belongings([Labels.instance: instance])
        let folders = await tools.workspace.names().compactMap { name in
            ContainerPlan.owner(ofName: name, instance: instance).map { (name: name, owner: $0) }
        }
        let keep = try await keep().union(active.withLock { $0 })
        // Nothing cleans up after a job whose container was kept for somebody to look at.
        tools.attempts.keep(keep)
        for folder in folders where !keep.contains(folder.owner) { await tools.workspace.remove(folder.name) }
        // What cannot be removed, such as a volume that somebody looks at, does not keep the rest.
        var problem: (any Error)?
        do {
            try await remove(found) { !keep.contains($0) }
        } catch {
            problem = error
        }
        for owner in Set(found.containers.compactMap(Labels.owner(of:))).subtracting(keep) {
            await tools.berths.release(owner)
        }
        // The others are gone by now.
        let volumes = found.volumes.filter { Labels.owner($0.labels).map(keep.contains) ?? true }
        await tools.trees.sweep(used: Set(volumes.compactMap { $0.labels[Labels.tree] }))
        await sweepStandbys(found)
        await sweepBerths(found.containers, keep: keep)
        await sweepKeepers(found.containers)
        await tools.network.sweep(instance)
        try await removeNamelessImages(instance: instance, age: namelessAge)
        try await removeShellImages(instance: instance, age: namelessAge)
        if let problem { throw problem }
    }

    /// Berths that neither this process nor a job needs: an earlier process left them.
    private func sweepBerths(_ containers: [DockerContainerSummary], keep: Set<JobAttempt>) async {
        let used = Set(
            containers.filter { Labels.owner(of: $0).map(keep.contains) == true }
                .flatMap { [$0.labels[Labels.output], $0.labels[Labels.network]].compactMap(\.self) })
        let berths = tools.berths
        let names = Set(containers.compactMap { $0.labels[Labels.berth] }).union(await berths.folders.names())
            .subtracting(containers.compactMap { $0.labels[Labels.keeper] })
        for name in names where !used.contains(name) {
            if await !berths.knows(name) { await berths.remove(name) }
        }
    }

    /// Keepers of an earlier process, as soon as no pipe needs them.
    private func sweepKeepers(_ containers: [DockerContainerSummary]) async {
        let berths = tools.berths
        var keepers: [String] = []
        for name in containers.compactMap({ $0.labels[Labels.keeper] }) where await !berths.knows(name) {
            keepers.append(name)
        }
        guard !keepers.isEmpty else { return }
        let isReplaced = await berths.keeper.isReady
        let pipes = await berths.folders.names().filter { !keepers.contains($0) }
        guard isReplaced || pipes.isEmpty else { return }
        for name in keepers { await berths.remove(name) }
    }

    /// Containers that waited for jobs of an earlier process, and volumes of such.
    private func sweepStandbys(_ found: Belongings) async {
        var used: Set<String> = []
        for container in found.containers {
            guard let name = container.labels[Labels.standby], !name.isEmpty else { continue }
            used.insert(name)
            guard Labels.owner(of: container) == nil, await !tools.standbys.knows(name) else { continue }
            do {
                try await tools.engine.remove(container.id, force: true, volumes: true)
                try await tools.engine.removeVolume(name)
            } catch {
                logger.debug("the waiting container \(name) stays: \(error)")
            }
        }
        for name in found.volumes.compactMap({ $0.labels[Labels.standby] }) where !used.contains(name) {
            if await !tools.standbys.knows(name) { try? await tools.engine.removeVolume(name) }
        }
    }

    /// What jobs left on the engine.
    struct Belongings: Sendable {
        var containers: [DockerContainerSummary]
        var volumes: [DockerVolume]
    }

    /// Everything with these labels.
    func belongings(_ labels: [String: String?]) async throws(DockerError) -> Belongings {
        let containers = try await tools.engine.containers(labels: labels)
        return Belongings(containers: containers, volumes: try await tools.engine.volumes(labels: labels))
    }

    /// Removes what belongs to a job's attempt that is meant. One thing that cannot be removed does not keep the others.
    func remove(_ belongings: Belongings, where isMeant: (JobAttempt) -> Bool) async throws {
        var problem: DockerError?
        for container in belongings.containers where Labels.owner(of: container).map(isMeant) == true {
            do {
                try await tools.engine.remove(container.id, force: true, volumes: true)
                if let standby = container.labels[Labels.standby], !standby.isEmpty {
                    try await tools.engine.removeVolume(standby)
                    await tools.standbys.forget(standby)
                }
                await tools.berths.remove(usedBy: container.labels)
            } catch {
                problem = error
            }
        }
        for volume in belongings.volumes where Labels.owner(volume.labels).map(isMeant) == true {
            do {
                try await tools.engine.removeVolume(volume.name)
            } catch {
                problem = error
            }
        }
        if let problem { throw problem }
    }

    /// Cached images lose their name to a newer one: when an install script ran again, or when its container was
    /// committed twice, because Kozmic was killed while the engine was at it.
    private func removeNamelessImages(instance: String, age: Duration) async throws {
        let limit = Date(timeIntervalSinceNow: -(age / .seconds(1)))
        for image in try await tools.engine.images(labels: [Labels.instance: instance])
        where image.tags.isEmpty && image.labels[Labels.cache] != nil && image.created < limit {
            do {
                try await tools.engine.removeImage(image.id)
            } catch {
                // A job's container still uses it: the next sweep will find it.
                logger.debug("the nameless image \(image.id) stays: \(error)")
            }
        }
    }

    /// Images of `kozmic shell` that was killed. One whose container is about to be made is young; one that a container
    /// uses is not removed by the engine.
    private func removeShellImages(instance: String, age: Duration) async throws {
        let limit = Date(timeIntervalSinceNow: -(age / .seconds(1)))
        for image in try await tools.engine.images(labels: [Labels.instance: instance, Labels.shell: nil])
        where image.created < limit {
            for name in image.tags where name.hasPrefix("\(KeptContainer.imageFolder)/") {
                do {
                    try await tools.engine.removeImage(name)
                } catch {
                    logger.debug("the image \(name) stays: \(error)")
                }
            }
        }
    }
}
