import DockerEngine
import Foundation
import Model

extension JobRun {
    /// The container that waits for this job. An attempt that wrote something already goes on in a new one.
    func standby(_ image: Image) async -> Standby? {
        let written = await logged(.build)
        guard written.values.allSatisfy({ $0 == 0 }),
            let recipe = StandbyRecipe(
                job, image: image.id, named: image.name, hasInit: await tools.launchers.engineHasInit,
                processors: await tools.kind.processors)
        else { return nil }
        return await tools.standbys.take(recipe, for: attempt)
    }

    /// Makes the container this attempt's own, and puts together what it waits for.
    ///
    /// - Throws: `StartRefused` when it cannot be used.
    func use(_ standby: Standby) async throws -> ScriptRun {
        do {
            try await stoppable {
                async let renamed: Void = rename(standby)
                let staging = standby.folder.staging
                try await progress(.commit)
                await note(
                    try await tools.workspace.fill(
                        staging, for: job, phase: .build, mirror: mirror, user: standby.user))
                let files = [
                    VolumeFolder.File(
                        name: ScriptPhase.build.fileName, bytes: Array(job.hook.buildScript.utf8), mode: 0o755),
                    VolumeFolder.File(
                        name: StandbyLauncher.fileName,
                        bytes: Array(StandbyLauncher.text(job, hasInit: standby.recipe.template.usesInit).utf8),
                        mode: 0o500),
                ]
                try await tools.workspace.complete(
                    staging, files, for: standby.user, isTreeGiven: job.submodules.isEmpty)
                try await renamed
            }
            return ScriptRun(
                engine: engine, container: standby.container, phase: .build, job: job, log: log, control: control,
                diskWatch: tools.diskWatch, patience: patience, logged: [:], pipe: try await pipe(standby.berth.name),
                isMerged: true,
                standby: standby)
        } catch {
            // Nobody else would know whose it is.
            if !(error is StartRefused) { await Task { await tools.standbys.discard(standby) }.value }
            throw error
        }
    }

    /// From now on the engine knows whose it is.
    private func rename(_ standby: Standby) async throws {
        do {
            try await engine.rename(standby.container, to: ContainerPlan.standbyName(job))
        } catch {
            throw StartRefused(words: error.message)
        }
    }

    /// The container that had waited and that an earlier process gave to this attempt, if its script began.
    func usedStandby() async throws -> DockerContainer? {
        let labels: [String: String?] = [Labels.instance: job.instance, Labels.standby: nil]
        for summary in try await engine.containers(labels: labels)
        where Labels.isStandby(summary.labels) && Labels.owner(of: summary) == attempt {
            guard let container = try await engine.container(summary.id) else { continue }
            if await beginning(container) != nil, try await wentOn(container) { return container }
            try await remove(container)
        }
        return nil
    }

    /// When the script of such a container began; `nil` for other containers.
    func beginning(_ container: DockerContainer) async -> Date? {
        guard Labels.isStandby(container.labels), let berth = container.labels[Labels.output] else {
            return nil
        }
        return await tools.berths.folders.beginning(berth)
    }

    /// Whether the shell that waited was told to go on. The process that was to tell it may have been killed a moment
    /// before; one that was told needs a moment.
    private func wentOn(_ container: DockerContainer) async throws -> Bool {
        guard let name = container.volumes["/kozmic"] else { return false }
        let mountpoint = try await engine.createVolume(name: name).mountpoint
        var isRunning = container.state.isRunning
        for _ in 0..<40 {
            if !StandbyFolder.isUntouched(volumeAt: mountpoint) { return true }
            guard isRunning else { return false }
            try await Task.sleep(for: .milliseconds(50))
            isRunning = try await engine.container(container.id)?.state.isRunning ?? false
        }
        return !StandbyFolder.isUntouched(volumeAt: mountpoint)
    }
}
