import DockerEngine
import Model

// A script is waited for, whoever started it, until its part of the log is complete.
extension JobRun {
    func build(resuming container: DockerContainer) async throws -> JobOutcome {
        let run = try await adopt(container, .build)
        return try await resumed(run, .build, isOver: !container.state.isRunning).outcome
    }

    /// Waits for a script that was started before.
    ///
    /// - Parameter isOver: it had ended when it was found.
    func resumed(
        _ run: ScriptRun, _ phase: ScriptPhase, isOver: Bool
    ) async throws -> (outcome: JobOutcome, duration: Duration) {
        let note = isOver ? "The \(phase.words) ended while Kozmic was away" : nil
        do {
            return try await conclude(phase, run.container, note: note) { try await run.resume() }
        } catch let refused as StartRefused {
            let image = (try? await engine.container(run.container))?.imageID
            throw Ending(await notStarted(refused.words, phase, image: image))
        }
    }

    /// Waits for a script, completes its part of the log and says how it ended.
    ///
    /// - Parameter note: a line of ours that follows the script's last one.
    func conclude(
        _ phase: ScriptPhase, _ container: String, note: String? = nil, _ script: () async throws -> ScriptEnd
    ) async throws -> (outcome: JobOutcome, duration: Duration) {
        let end: ScriptEnd
        do {
            end = try await script()
        } catch {
            if !Task.isCancelled, !(error is StartRefused) { try await finish(phase, note: note) }
            throw error
        }
        try await finish(phase, note: note)
        let outcome = await explained(end, of: phase, container: container)
        if outcome.state == .success, phase == .build {
            try await log.note("Build script finished in \(Amount.elapsed(end.duration))")
        }
        return (outcome, end.duration)
    }

    private func finish(_ phase: ScriptPhase, note: String?) async throws {
        try await log.finish(phase.section)
        if let note { try await log.note(note) }
    }
}
