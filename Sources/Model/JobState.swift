/// Where a job stands.
public enum JobState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Waits for a slot.
    case queued
    /// Has a slot.
    case running
    /// Both scripts ended with exit code 0.
    case success
    /// A script ended with another exit code, or was stopped by a limit.
    case failure
    /// The engine, the image or the controller was in trouble; the script is not to blame.
    case error
    /// Somebody, or a newer commit, stopped it.
    case cancelled
    /// Decided not to run; counts as passed.
    case skipped

    /// Whether nothing more will happen to this attempt.
    public var isFinished: Bool { self != .queued && self != .running }
}

/// What a running job is doing.
public enum JobPhase: String, Sendable, Hashable, Codable {
    case preparing, pulling, installing, committing, building
}

/// Where a build stands; always derived from its jobs' latest attempts.
public enum BuildState: String, Sendable, Hashable, Codable {
    case queued, running, success, failure, error, cancelled

    /// The state of a build whose jobs' latest attempts have these states. Trouble that is already certain shows only
    /// when all jobs ended, because a build's final status is given once.
    public init(jobs: some Collection<JobState>) {
        if jobs.contains(where: { !$0.isFinished }) {
            let started = jobs.contains { $0 != .queued }
            self = started ? .running : .queued
        } else if jobs.contains(.failure) {
            self = .failure
        } else if jobs.contains(.error) {
            self = .error
        } else if jobs.contains(.cancelled) {
            self = .cancelled
        } else {
            self = .success
        }
    }

    /// Whether all jobs ended.
    public var isFinished: Bool { self != .queued && self != .running }
}
