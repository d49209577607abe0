import DockerEngine
import Foundation
import Model
import Synchronization

/// What a script's end means that was not watched all the time, or was no success.
extension ScriptRun {
    /// - Parameter unwatched: the end was not seen when it happened.
    func end(unwatched: Bool = false) async throws -> ScriptEnd {
        let look = try await look()
        guard let state = look.answer?.state, state.status != .removing, state.status != .dead else { throw gone }
        var end = ScriptEnd(
            exitCode: state.exitCode, oomKilled: state.oomKilled, duration: now, stop: deadlines.withLock { $0.stop },
            errorTail: errorTail.withLock { $0.bytes }, unwatched: unwatched || look.wasAway)
        if end.unwatched { end.endedAt = state.finishedAt?.date }
        let started = beginning.withLock { $0 } ?? state.startedAt?.date
        if let started, let finished = state.finishedAt {
            end.duration = .seconds(max(0, finished.date.timeIntervalSince(started)))
        }
        if end.stop == nil, end.exitCode != 0, !end.unwatched, let started {
            end.killedFromOutside = await wasKilled(since: started)
        }
        // A signal may be how the engine ended it: that it cannot say itself what happened stays true.
        if end.unwatched, end.exitCode > 128, let code = await keptExitCode(), !(129...192).contains(code) {
            // The script ended by itself; only the engine does not know how.
            end.exitCode = code
            end.unwatched = false
        }
        if end.unwatched { end.guessStop(settings: job.hook.settings, cancelReason: control.reason) }
        return end
    }

    /// What the launcher wrote down.
    private func keptExitCode() async -> Int? {
        guard let archive = try? await engine.getArchive(container, path: Launcher.exitCodePath, limit: 16 << 10),
            case .bytes(let bytes)? = try? TarReader.entries(archive).first?.content
        else { return nil }
        return Launcher.exitCode(bytes)
    }

    /// Whether a signal was sent to the container, by its engine's account of what happened. We sent none.
    private func wasKilled(since start: Date) async -> Bool {
        let labels = [Labels.instance: job.instance]
        let nanoseconds = Int64(start.timeIntervalSince1970 * 1000) * 1_000_000
        return await withTaskGroup(of: Bool.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                let events = try? await self.engine.events(
                    labels: labels, types: ["container"], actions: ["kill", "die"], container: self.container,
                    since: nanoseconds)
                guard let events else { return false }
                do {
                    for try await event in events where event.id == self.container { return event.action == "kill" }
                } catch {
                    return false
                }
                return false
            }
            // The container ended, so the engine has the event; unless it forgot, or is going away itself.
            group.addTask {
                try? await Task.sleep(for: .seconds(2))
                return false
            }
            return await group.next() ?? false
        }
    }
}
