/// Where a build stands; always derived from its jobs' latest attempts.
public enum BuildState: String, Sendable, Hashable, Codable {
    case queued, running, success, failure, error, cancelled

    /// The state of a build whose jobs' latest attempts have these states. Trouble that is already certain shows only
    /// when all jobs ended, because a build's final status is given once.
    public init(jobs: some Collection<JobState>) {
        if jobs.contains(where: { !$0.isFinished }) {
            let started = jobs.contains { $0 != .queued && $0 != .skipped }
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
