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
