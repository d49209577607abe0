import DockerEngine
import Git
import Model

extension JobRun {
    /// Makes the container of a script, with its files and everything in it but started.
    func prepare(_ phase: ScriptPhase, image: Image, labels: [String: String] = [:]) async throws -> ScriptRun {
        let logged = await logged(phase)
        var labels = labels
        for (source, count) in logged { labels[Labels.logged(source)] = String(count) }
        let plan = ContainerPlan(job: job, phase: phase, image: image.id, labels: labels)
        let container = try await stoppable {
            do {
                let container = try await create(plan, image: image)
                await tools.workspace.remove(plan.name)
                return container
            } catch {
                await tools.workspace.remove(plan.name)
                throw error
            }
        }
        return run(container, phase, logged: logged)
    }

    /// A container that an earlier process started.
    func adopt(_ container: DockerContainer, _ phase: ScriptPhase) async throws -> ScriptRun {
        try await progress(.phase(phase.phase))
        try await log.note(
            container.state.isRunning
                ? "Continuing with the \(phase.words) that runs since before Kozmic was restarted"
                : "The \(phase.words) ended while Kozmic was away")
        var logged: [LogSource: Int64] = [:]
        for source in [LogSource.stdout, .stderr] {
            logged[source] = container.labels[Labels.logged(source)].flatMap { Int64($0) } ?? 0
        }
        return ScriptRun(
            engine: engine, container: container.id, phase: phase, job: job, log: log, control: control,
            patience: patience, startedAt: container.state.startedAt?.date, logged: logged)
    }

    /// Removes a container and its volume.
    func remove(_ container: DockerContainer) async throws {
        try await engine.remove(container.id, force: true, volumes: true)
        if let volume = container.volumes["/kozmic"] { try await engine.removeVolume(volume) }
    }

    /// Does something that is given up when the job shall stop. If it succeeds nevertheless, the result counts.
    func stoppable<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        do {
            return try await withThrowingTaskGroup(of: Result?.self) { group in
                defer { group.cancelAll() }
                if control.reason != nil { throw CancellationError() }
                group.addTask { try await work() }
                group.addTask {
                    _ = try await control.wait()
                    return nil
                }
                while let result = try await group.next() {
                    if let result { return result }
                    group.cancelAll()
                }
                throw CancellationError()
            }
        } catch {
            try Task.checkCancellation()
            guard let reason = control.reason else { throw error }
            throw Ending(JobOutcome(state: .cancelled, reason: reason))
        }
    }

    private func create(_ plan: ContainerPlan, image: Image) async throws -> String {
        // The work tree is put together while the engine makes the container.
        async let folder = tools.workspace.fill(plan.name, for: job, phase: plan.phase, mirror: mirror)
        try await engine.createVolume(name: plan.name, labels: plan.allLabels)
        let container = try await engine.createContainer(plan.spec, name: plan.name)
        let user = try await tools.users.find(job.hook.user, image: image.id, named: image.name, container: container)
        let (uid, gid) = (UInt32(user.uid), UInt32(user.gid))
        let script = TarEntry(
            "kozmic/\(plan.phase.fileName)", .bytes(Array(plan.phase.text(job.hook).utf8)), mode: 0o755, uid: uid,
            gid: gid)
        var files = TarStream(TarEntry("kozmic", .directory, mode: 0o755, uid: uid, gid: gid), script)
        if SecretLauncher.isNeeded(job, plan.phase) {
            let text = Array(SecretLauncher.text(job).utf8)
            let name = "kozmic/\(SecretLauncher.fileName)"
            files = files + TarStream(TarEntry(name, .bytes(text), mode: 0o500, uid: uid, gid: gid))
        }
        files = files + .directory(try await folder, prefix: "kozmic/src", uid: uid, gid: gid)
        try await engine.putArchive(container, path: "/", tar: files)
        return container
    }

    private func run(_ container: String, _ phase: ScriptPhase, logged: [LogSource: Int64]) -> ScriptRun {
        ScriptRun(
            engine: engine, container: container, phase: phase, job: job, log: log, control: control,
            patience: patience, logged: logged)
    }

    private func logged(_ phase: ScriptPhase) async -> [LogSource: Int64] {
        [
            .stdout: await log.taken(phase.section, .stdout),
            .stderr: await log.taken(phase.section, .stderr),
        ]
    }
}
