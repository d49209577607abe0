import DockerEngine
import Model

/// What the engine knows of the end of a script that failed, which the script itself does not say.
extension JobRun {
    /// How a script ended.
    func explained(_ end: ScriptEnd, of phase: ScriptPhase, container: String) async -> JobOutcome {
        var outcome = Explain.outcome(end, of: phase, hook: job.hook)
        outcome.endedAt = end.endedAt
        switch outcome.state {
        case .failure:
            // What the script wrote is still there, so a disk that it filled still is.
            guard end.stop == nil, await tools.disk.isFull else { return outcome }
            return Explain.onFullDisk(outcome)
        case .error:
            guard Explain.isForeign(outcome) else { return outcome }
            let id = (try? await engine.container(container))?.imageID
            return await withPlatforms(outcome, image: id)
        default: return outcome
        }
    }

    /// Why the engine could not start a script.
    func notStarted(_ words: String, _ phase: ScriptPhase, image: String?) async -> JobOutcome {
        let outcome = Explain.notStarted(words, phase: phase, hook: job.hook)
        return Explain.isForeign(outcome) ? await withPlatforms(outcome, image: image) : outcome
    }

    /// Only now: with an emulator on the engine's machine, an image for another one runs.
    private func withPlatforms(_ outcome: JobOutcome, image id: String?) async -> JobOutcome {
        guard let id, let image = try? await engine.image(id), let version = try? await engine.version() else {
            return outcome
        }
        return Explain.foreign(
            outcome, image: job.hook.image, for: "\(image.operatingSystem)/\(image.architecture)",
            on: "\(version.operatingSystem)/\(version.architecture)")
    }
}
