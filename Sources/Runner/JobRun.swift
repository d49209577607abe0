import DockerEngine
import Git
import Model

/// One attempt on its way: the steps in their order, each of which may end the job.
struct JobRun: Sendable {
    let tools: RunnerTools
    let job: JobSpec
    let mirror: GitMirror
    let log: JobLog
    let control: JobControl
    let progress: @Sendable (JobProgress) async throws -> Void
    let written = WrittenTree()

    /// An image to begin with, and the name that people know it by.
    struct Image: Sendable {
        let id: String
        let name: String
    }

    var engine: DockerEngine { tools.engine }
    var attempt: JobAttempt { JobAttempt(jobID: job.jobID, attempt: job.attempt) }
    var patience: EnginePatience { EnginePatience(limit: tools.engineAbsence, log: log, control: control) }

    /// Runs the steps. The last line of the log says how it ended.
    func outcome() async throws -> JobOutcome {
        let outcome: JobOutcome
        do {
            outcome = try await persistently()
        } catch {
            try Task.checkCancellation()
            guard let known = Ending.outcome(of: error) else { throw error }
            outcome = known
        }
        if let reason = outcome.reason { try await log.note(reason.sentence) }
        return outcome
    }

    /// The steps begin with a look at what is there, so they can be done again: after the engine was away, or when an
    /// image or a volume was removed at the wrong moment. Trouble of a script that ran is never a reason.
    private func persistently() async throws -> JobOutcome {
        var isNew = job.isNew
        for pause in [Duration.milliseconds(200), .seconds(5)] {
            do {
                defer { isNew = false }
                return try await steps(isNew: isNew)
            } catch {
                guard let trouble = Ending.passingTrouble(error) else { throw error }
                try Task.checkCancellation()
                await tools.baseImages.forget(job.hook.image)
                try await log.note("\(trouble); trying again")
                try await stoppable { try await Task.sleep(for: pause) }
            }
        }
        return try await steps(isNew: false)
    }

    private func steps(isNew: Bool) async throws -> JobOutcome {
        let found = isNew ? [:] : try await containers()
        if let build = found[.build] {
            return try await self.build(resuming: build)
        }
        let image =
            if let install = found[.install], let name = Self.cachedName(install) {
                try await installed(resuming: install, as: name)
            } else {
                try await preparedImage()
            }
        return try await build(image)
    }

    /// Step 1: what an earlier process left behind. A container that was never started is no use.
    private func containers() async throws -> [ScriptPhase: DockerContainer] {
        let query = Labels.query(instance: job.instance, jobID: job.jobID, attempt: job.attempt)
        let summaries = try await patience.ask { try await self.engine.containers(labels: query) }.answer
        var found: [ScriptPhase: DockerContainer] = [:]
        for summary in summaries {
            guard let container = try await engine.container(summary.id) else { continue }
            if let phase = container.labels[Labels.phase].flatMap(ScriptPhase.init), container.state.startedAt != nil,
                phase == .build || Self.cachedName(container) != nil
            {
                found[phase] = container
            } else {
                try await remove(container)
            }
        }
        if let standby = try await usedStandby() { found[.build] = standby }
        // A volume whose container somebody removed may have links of the script's: what is written would leave it.
        for phase in [ScriptPhase.install, .build] where found[phase] == nil {
            try await engine.removeVolume(ContainerPlan.name(job, phase))
        }
        return found
    }

    /// Step 2: the base image, or the cached image that the install script makes of it.
    private func preparedImage() async throws -> Image {
        try await progress(.phase(.preparing))
        let hook = job.hook
        for phase in hook.installScript == nil ? [ScriptPhase.build] : [.install, .build]
        where Shebang(script: phase.text(hook)) == nil {
            throw Ending.error(Explain.noShebang(phase))
        }
        let base = try await stoppable {
            try await tools.baseImages.resolve(
                hook.image, maximumAge: .seconds(hook.settings.pullSeconds), log: log
            ) { try await progress(.phase(.pulling)) }
        }
        try await progress(.baseImage(id: base.id, digest: base.digest(for: hook.image)))
        let limits = await tools.kind.missingLimits
        if !limits.isEmpty {
            try await log.note(
                "The Docker Engine cannot limit \(DockerLimit.words(limits)): the hook's limits do not hold")
        }
        if !limits.contains(.processors),
            let text = hook.settings.resources.processorsNote(await tools.kind.processors)
        {
            try await log.note(text)
        }
        let image = Image(id: base.id, name: hook.image)
        if hook.installScript != nil, !hook.trackedFiles.isEmpty { try await progress(.commit) }
        guard let name = try await CachedImages.name(job, baseImage: base.id, mirror: mirror) else { return image }
        if let trusted = try await trustedImage(name) { return trusted }
        return try await alone(name) { try await cachedImage(name, base: image) }
    }

    private var areLargeFilesPointers: Bool {
        get async {
            if let checkout = written.checkout { return checkout.attributes.map(LargeFiles.arePointers) ?? false }
            return await LargeFiles.arePointers(in: mirror, commit: job.commit)
        }
    }

    /// Step 3: the script that the job is about.
    private func build(_ image: Image) async throws -> JobOutcome {
        try await started(.build, image: image) { way in
            try await progress(.phase(.building))
            for name in SecretPatterns(job.secrets).unmasked {
                try await log.note("The secret \(name) is too short to be masked in this log")
            }
            if await areLargeFilesPointers {
                try await log.note("Files in Git LFS are pointers here; `git lfs pull` in the script fetches them")
            }
            try await log.note(
                "Running the build script" + (way.standby == nil ? "" : " in a container that was ready"))
        }.outcome
    }

    /// Runs a script in a new container. Where the engine refuses the prepared place or the image has no shell, it is
    /// tried without.
    ///
    /// - Parameter announce: called once, before the container is started.
    func started(
        _ phase: ScriptPhase, image: Image, labels: [String: String] = [:], announce: (StartWay) async throws -> Void
    ) async throws -> (container: String, outcome: JobOutcome, duration: Duration) {
        var way = StartWay(
            hasShell: await tools.launchers.mayHaveShell(image.id), hasInit: await tools.launchers.engineHasInit)
        let isAbove =
            phase == .build ? try await tools.trees.isMeant(for: job, mirror) { try await progress(.commit) } : false
        if way.hasShell {
            // A container that waits has its mounts already, so its work tree could only be written in full.
            if phase == .build, !isAbove { way.standby = await standby(image) }
            if way.standby == nil { way.berth = await berth(needsNetwork: phase == .build) }
        }
        var isAnnounced = false
        var replacements = 0
        while true {
            way.isAboveTemplate = isAbove
            do {
                let run = try await tools.berths.whileStarting {
                    try await prepare(phase, image: image, labels: labels, way: way)
                }
                if !isAnnounced { try await announce(way) }
                isAnnounced = true
                let (outcome, duration) = try await conclude(phase, run.container) { try await run.start() }
                return (run.container, outcome, duration)
            } catch let refused as StartRefused {
                let standby = way.standby
                if refused.isHalfStarted, replacements < Self.mostReplacements {
                    replacements += 1
                    way.standby = nil
                    way.berth = way.hasShell ? await berth(needsNetwork: false) : nil
                } else if let other = try await otherWay(than: way, phase, after: refused, image: image) {
                    way = other
                } else {
                    throw Ending(await notStarted(refused.words, phase, image: image.id))
                }
                if let standby { await tools.standbys.discard(standby) }
                if let container = try await engine.container(ContainerPlan.name(job, phase)) {
                    try await remove(container)
                }
            }
        }
    }

    /// How often a container is made anew because its engine was killed while it started it.
    private static let mostReplacements = 5

    private func otherWay(
        than way: StartWay, _ phase: ScriptPhase, after refused: StartRefused, image: Image
    ) async throws -> StartWay? {
        var other = way
        if way.standby != nil {
            await tools.standbys.distrust()
            other.standby = nil
            other.berth = await berth()
            return other
        }
        if way.hasShell, way.hasInit, refused.isForInit {
            await tools.launchers.engineLacksInit()
            other.hasInit = false
            return other
        }
        if refused.isForMount, await tools.trees.distrust(for: attempt, because: refused.words) { return way }
        if way.hasShell, refused.isForShell {
            await tools.launchers.shellIsMissing(in: image.id)
            // Only a shell can hand secrets over.
            return SecretLauncher.isNeeded(job, phase) ? nil : StartWay(hasShell: false)
        }
        guard way.berth != nil || (refused.isForNetwork && !way.isSecondTry) else { return nil }
        await tools.berths.distrust()
        await tools.network.forget()
        other.berth = nil
        other.isSecondTry = true
        return other
    }

    private func berth(needsNetwork: Bool = true) async -> Berth? {
        await tools.berths.take(
            for: attempt, job.instance, owner: job.trusted ? job.repository.key : nil, needsNetwork: needsNetwork)
    }
}
