import DockerEngine
import Git
import Model
import Pipes

extension JobRun {
    /// Makes the container of a script, with its files and everything in it but started.
    func prepare(
        _ phase: ScriptPhase, image: Image, labels: [String: String], way: StartWay
    ) async throws -> ScriptRun {
        if let standby = way.standby { return try await use(standby) }
        let logged = await logged(phase)
        var labels = labels
        for (source, count) in logged { labels[Labels.logged(source)] = String(count) }
        var plan = ContainerPlan(job: job, phase: phase, image: image.id, labels: labels, way: way)
        plan.processors = await tools.kind.processors
        if way.berth?.container == nil {
            var network = try await tools.network.choice(job.instance)
            if network.problem != nil, !job.trusted {
                // What the refusal asks for may have been done a moment ago.
                network = try await tools.network.choice(job.instance, anew: true)
            }
            plan.network = network.name
            if let problem = network.problem {
                guard job.trusted else { throw Ending.error(JobNetwork.refusal(problem)) }
                // Before the script could ask the controller for anything.
                try await tools.network.countBridge()
                try await log.note("No network of its own (\(problem)): the container is on the engine's bridge")
            }
        }
        let prepared = plan
        let container = try await stoppable { [plan = prepared] in
            tools.attempts.willMake(plan.name, for: attempt)
            do {
                let container = try await create(plan, image: image)
                tools.attempts.made(plan.name, for: attempt)
                return container
            } catch {
                await tools.workspace.remove(plan.name)
                throw error
            }
        }
        return ScriptRun(
            engine: engine, container: container, phase: phase, job: job, log: log, control: control,
            diskWatch: tools.diskWatch, patience: patience, logged: logged, pipe: try await pipe(way.berth?.name),
            isMerged: way.hasShell)
    }

    /// The pipe of a berth.
    func pipe(_ berth: String?) async throws -> SpooledPipe? {
        guard let berth, !berth.isEmpty else { return nil }
        do {
            return try await tools.berths.folders.open(berth)
        } catch {
            throw Ending.error("the output of the container cannot be read: \(error)")
        }
    }

    /// A container that an earlier process started. `resumed` tells of one that ended, after what it wrote.
    func adopt(_ container: DockerContainer, _ phase: ScriptPhase) async throws -> ScriptRun {
        try await tools.network.countBridge(ifUsedBy: container)
        try await progress(.phase(phase.phase))
        if container.state.isRunning {
            try await log.note("Continuing with the \(phase.words) that runs since before Kozmic was restarted")
        }
        var logged: [LogSource: Int64] = [:]
        for source in [LogSource.stdout, .stderr] {
            logged[source] = container.labels[Labels.logged(source)].flatMap { Int64($0) } ?? 0
        }
        return ScriptRun(
            engine: engine, container: container.id, phase: phase, job: job, log: log, control: control,
            diskWatch: tools.diskWatch, patience: patience,
            startedAt: await beginning(container) ?? container.state.startedAt?.date,
            logged: logged,
            pipe: try await pipe(container.labels[Labels.output]), isMerged: true)
    }

    /// Removes a container and its volume.
    func remove(_ container: DockerContainer) async throws {
        try await engine.remove(container.id, force: true, volumes: true)
        if let volume = container.volumes["/kozmic"] { try await engine.removeVolume(volume) }
        if let standby = container.labels[Labels.standby] { await tools.standbys.forget(standby) }
    }

    /// Does something that is given up when the job shall stop. If it succeeds nevertheless, the result counts.
    func stoppable<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        do {
            return try await control.stopping(work)
        } catch {
            try Task.checkCancellation()
            guard let reason = control.reason else { throw error }
            throw Ending(JobOutcome(state: .cancelled, reason: reason))
        }
    }

    private func create(_ plan: ContainerPlan, image: Image) async throws -> String {
        if let container = try await createAboveTemplate(plan, image: image) { return container }
        var volume = try await engine.createVolume(name: plan.name, labels: plan.allLabels)
        if volume.labels[Labels.tree] != nil {
            // Of an earlier try, which was given up before it had a container.
            try await engine.removeVolume(plan.name)
            volume = try await engine.createVolume(name: plan.name, labels: plan.allLabels)
        }
        let near = await tools.workspace.folder(ofVolumeAt: volume.mountpoint)
        // The work tree is put together while the engine makes the container, as soon as it is known whose it is to be.
        async let filled = fill(near, plan, tools.users.known(job.hook.user, image: image.id))
        let container = try await made(plan)
        if plan.way.hasShell, try await !tools.launchers.hasShell(image.id, container: container) {
            _ = try? await filled
            throw StartRefused(words: "stat \(Launcher.shell): no such file or directory")
        }
        let user = try await tools.users.find(job.hook.user, image: image.id, named: image.name, container: container)
        let files = files(plan.phase)
        var folder = try await filled
        if folder == nil { folder = try await fill(near, plan, user) }
        if let near {
            // Folders on the way to a submodule are nobody's yet.
            let isTreeGiven = plan.phase == .build && job.submodules.isEmpty
            try await tools.workspace.complete(near, files, for: user, isTreeGiven: isTreeGiven)
        } else if let folder {
            try await send(files, folder, to: container, for: user)
            await tools.workspace.remove(plan.name)
        }
        return container
    }

    func made(_ plan: ContainerPlan) async throws -> String {
        do throws(DockerError) {
            return try await engine.createContainer(plan.spec, name: plan.name)
        } catch {
            let refused = StartRefused(words: error.message)
            throw plan.way.berth != nil && refused.isForPipe ? refused : error
        }
    }

    /// What lies beside the work tree.
    func files(_ phase: ScriptPhase) -> [VolumeFolder.File] {
        var files = [VolumeFolder.File(name: phase.fileName, bytes: Array(phase.text(job.hook).utf8), mode: 0o755)]
        if SecretLauncher.isNeeded(job, phase) {
            let text = Array(SecretLauncher.text(job).utf8)
            files.append(VolumeFolder.File(name: SecretLauncher.fileName, bytes: text, mode: 0o500))
        }
        return files
    }

    /// Puts the work tree into the volume, or into a folder of ours when the volume is out of reach.
    ///
    /// - Returns: the folder; `nil` when nothing was done yet, because what is written into a volume has to be somebody's.
    private func fill(_ near: VolumeFolder?, _ plan: ContainerPlan, _ user: ContainerUser?) async throws -> String? {
        try await progress(.commit)
        guard let near else {
            let (folder, checkout) = try await tools.workspace.fill(
                plan.name, for: job, phase: plan.phase, mirror: mirror)
            await note(checkout)
            return folder
        }
        guard let user else { return nil }
        await note(try await tools.workspace.fill(near, for: job, phase: plan.phase, mirror: mirror, user: user))
        return near.path
    }

    /// What the work tree turned out to be.
    func note(_ checkout: GitCheckout?) async {
        guard let checkout else { return }
        written.checkout = checkout
        await tools.trees.noteSize(of: job, checkout)
    }

    /// Sends the files to the engine, wherever it is.
    private func send(
        _ files: [VolumeFolder.File], _ folder: String, to container: String, for user: ContainerUser
    ) async throws {
        let (uid, gid) = (UInt32(user.uid), UInt32(user.gid))
        let entries = files.map {
            TarEntry("kozmic/\($0.name)", .bytes($0.bytes), mode: $0.mode, uid: uid, gid: gid)
        }
        let archive =
            TarStream([TarEntry("kozmic", .directory, mode: 0o755, uid: uid, gid: gid)] + entries)
            + .directory(folder, prefix: "kozmic/src", uid: uid, gid: gid)
        try await engine.putArchive(container, path: "/", tar: archive)
    }

    func logged(_ phase: ScriptPhase) async -> [LogSource: Int64] {
        [
            .stdout: await log.taken(phase.section, .stdout),
            .stderr: await log.taken(phase.section, .stderr),
        ]
    }
}
