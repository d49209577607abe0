import Model
import Runner
import Synchronization

/// What became of a run, for programs.
struct DeskReport: Encodable, Sendable {
    var hook: String
    var commit: String
    var ref: GitRef
    var state: JobState
    /// Of the script that ended the job, if one ran to its end.
    var exitCode: Int?
    /// Why it is not a success.
    var reason: String?
    var image: String
    /// The base image's, `sha256:…`.
    var imageID: String?
    /// Of the cached image; missing for a hook without an install script.
    var cacheKey: String?
    /// Whether that image was there already.
    var isCacheReused: Bool?
    /// Seconds that the phases took, and all together.
    var durations: [String: Double]
}

/// Notes what an executor tells of a job.
final class DeskNotes: Sendable {
    private struct State {
        var imageID: String?
        var cacheKey: String?
        var isCacheReused: Bool?
        var durations: [String: Double] = [:]
        var phase: (name: String, start: ContinuousClock.Instant)?
    }

    private let state = Mutex(State())
    private let start = ContinuousClock.now

    /// Takes a note.
    func take(_ progress: JobProgress) {
        state.withLock { state in
            switch progress {
            case .phase(let phase): Self.change(&state, to: phase.rawValue)
            case .baseImage(let id, _): state.imageID = id
            case .cacheKey(let key, let isReused): (state.cacheKey, state.isCacheReused) = (key, isReused)
            case .commit: break
            }
        }
    }

    /// All of it, at the job's end.
    func report(_ found: DeclaredHook.Found, _ clone: LocalClone, _ outcome: JobOutcome) -> DeskReport {
        state.withLock { state in
            Self.change(&state, to: nil)
            state.durations["total"] = Self.seconds(since: start)
            return DeskReport(
                hook: "\(found.repository)/\(found.hook.id)", commit: clone.commit, ref: clone.ref,
                state: outcome.state,
                exitCode: outcome.exitCode, reason: outcome.reason, image: found.hook.image, imageID: state.imageID,
                cacheKey: state.cacheKey, isCacheReused: state.isCacheReused, durations: state.durations)
        }
    }

    /// A phase may come again, as when an engine was away.
    private static func change(_ state: inout State, to name: String?) {
        if let phase = state.phase { state.durations[phase.name, default: 0] += seconds(since: phase.start) }
        state.phase = name.map { ($0, ContinuousClock.now) }
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        return milliseconds.rounded() / 1000
    }
}
