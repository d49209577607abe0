import Foundation
import Model

/// A row of `job`: one attempt to run one hook for one build.
public struct JobRecord: Sendable, Hashable, Codable, Identifiable {
    /// Unique over all attempts; names the log.
    public var id: Int64
    /// The build.
    public var buildID: Int64
    /// The hook.
    public var hook: HookID
    /// The hook's title when the job was made.
    public var title: String
    /// The hook's configuration when the job was made.
    public var config: Hook
    /// From 1; a rerun has the next number.
    public var attempt: Int
    /// Where it stands.
    public var state: JobState
    /// What it is doing, or was doing when it ended.
    public var phase: JobPhase?
    /// Set when somebody asked for its end.
    public var cancelReason: String?
    /// The exit code of the script that ended the job, if one ran to its end.
    public var exitCode: Int?
    /// Why it is not a success, one sentence.
    public var reason: String?
    /// The id of the base image it ran on.
    public var baseImageID: String?
    /// The base image's digest in its registry.
    public var baseImageDigest: String?
    /// The name of its cached image.
    public var cacheKey: String?
    /// Whether the cached image was there already.
    public var cacheReused: Bool?
    /// When it was queued.
    public var createdAt: Date
    /// When it got a slot.
    public var startedAt: Date?
    /// When it ended.
    public var finishedAt: Date?
    /// The number of the build that it was asked to make room for, unless it ended otherwise.
    public var successor: Int?
    /// When it began to pull its base image, if it had to.
    public var pullStartedAt: Date?
    /// When the base image was there.
    public var pullEndedAt: Date?
    /// Whether it may run only when somebody approved the commit.
    public var needsApproval = false
    /// Who deleted its log, if somebody did.
    public var logDeletion: LogDeletion?

    /// Whether it waits for that.
    public func awaitsApproval(in build: BuildRecord) -> Bool {
        state == .queued && needsApproval && build.awaitsApproval
    }

    /// How it ended; `nil` while it has not.
    public var outcome: JobOutcome? {
        state.isFinished ? JobOutcome(state: state, exitCode: exitCode, reason: reason) : nil
    }
}

/// What stays of a log that somebody deleted.
public struct LogDeletion: Sendable, Hashable, Codable {
    /// The login of whoever did it.
    public var by: String
    /// When.
    public var at: Date
}

/// A job with what is needed to run it.
public struct ClaimedJob: Sendable {
    /// The job, in the state `running`.
    public var job: JobRecord
    /// Its build.
    public var build: BuildRecord
    /// Its project.
    public var project: ProjectRecord
    /// The server's settings then; `nil` as in ``Store/serverSettings()``.
    public var settings: ServerSettings?
}
