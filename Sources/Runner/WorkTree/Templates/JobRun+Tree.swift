import DockerEngine
import Git
import Logging
import Model

extension JobRun {
    /// Makes the container of a build script whose work tree lies above a template.
    ///
    /// - Returns: `nil` where that is not possible, or nothing would be gained: all files are to be written.
    func createAboveTemplate(_ plan: ContainerPlan, image: Image) async throws -> String? {
        guard plan.phase == .build, plan.way.isAboveTemplate, let volumes = await tools.trees.volumes() else {
            return nil
        }
        let user = try await user(plan, image: image)
        let layer = TreeLayer(of: plan.name, in: volumes)
        do {
            // The engine mounts and unmounts something when it makes a container, whereupon the kernel writes to the disk
            // what is not there yet, and that is soon a whole template.
            guard
                let (template, made) = try await tools.trees.template(
                    for: job, user, mirror, { try await container(plan, layer, above: $0) }),
                let container = made
            else { return nil }
            // Before the volume's mount is made, by the start: what is written beneath one may not be seen.
            try await tools.workspace.fill(
                layer, above: tools.trees.source(template), of: template.commit, for: job, files: files(plan.phase),
                mirror: mirror, user: user)
            return container
        } catch let error where !(error is DockerError || error is StartRefused || error is CancellationError) {
            // Such as a full disk, which the other way may not meet; if it does, its words are those to show.
            try Task.checkCancellation()
            tools.trees.logger.warning("\(job) has no template below its work tree: \(error)")
            if let container = try await engine.container(plan.name) { try await remove(container) }
            return nil
        }
    }

    /// - Returns: `nil` when the volume cannot be had.
    private func container(_ plan: ContainerPlan, _ layer: TreeLayer, above template: TreeTemplate) async throws
        -> String?
    {
        guard try await canHold(job.submodules, template) else { return nil }
        // One of this name would keep the mount that it was made with.
        try await engine.removeVolume(plan.name)
        guard try await makeVolume(plan, layer, above: template) else { return nil }
        return try await made(plan)
    }

    /// - Returns: whether the engine made it in the way and at the place that we count on.
    private func makeVolume(_ plan: ContainerPlan, _ layer: TreeLayer, above template: TreeTemplate) async throws
        -> Bool
    {
        let words: String
        do throws(DockerError) {
            let volume = try await engine.createVolume(
                name: plan.name, labels: plan.allLabels.merging([Labels.tree: template.name]) { $1 },
                options: layer.options(over: tools.trees.path(template)))
            if volume.mountpoint == layer.mountpoint,
                await tools.workspace.folder(ofVolumeAt: volume.mountpoint) != nil
            {
                return true
            }
            try await engine.removeVolume(plan.name)
            words = "the engine's volumes are not where they can be written"
        } catch {
            guard error.kind != .transport, error.kind != .cancelled else { throw error }
            words = error.message
        }
        _ = await tools.trees.distrust(for: attempt, because: words)
        return false
    }

    /// Where the template has a folder with files, one from elsewhere would be shown together with it.
    private func canHold(_ modules: [JobSubmodule], _ template: TreeTemplate) async throws -> Bool {
        for module in modules {
            let entry = try await mirror.entry(commit: template.commit, path: module.path)
            if entry?.type == .tree { return false }
        }
        return true
    }

    /// The user's numbers; the launcher's shell is looked for as well. Reading a file of the job's own container would
    /// mount its volume, so what is not known is read in a container that is made for nothing else and never started.
    private func user(_ plan: ContainerPlan, image: Image) async throws -> ContainerUser {
        let isShellKnown = plan.way.hasShell ? await tools.launchers.knowsShell(of: image.id) : true
        if isShellKnown, let known = await tools.users.known(job.hook.user, image: image.id) { return known }
        var spec = DockerContainerSpec(image: image.id)
        spec.entrypoint = plan.spec.entrypoint
        spec.command = []
        spec.labels = Labels.attempt(job, phase: plan.phase)
        let container = try await engine.createContainer(spec, name: "\(plan.name)-user")
        do {
            if plan.way.hasShell, try await !tools.launchers.hasShell(image.id, container: container) {
                throw StartRefused(words: "stat \(Launcher.shell): no such file or directory")
            }
            let user = try await tools.users.find(
                job.hook.user, image: image.id, named: image.name, container: container)
            try await engine.remove(container, force: true, volumes: true)
            return user
        } catch {
            try? await engine.remove(container, force: true, volumes: true)
            throw error
        }
    }
}
