/// What `wait` waits for.
public enum DockerWaitCondition: String, Sendable, Hashable {
    /// The container does not run; true at once of one that was never started.
    case notRunning = "not-running"
    /// The next end of a run, even if it does not run yet.
    case nextExit = "next-exit"
    /// The container is gone.
    case removed
}
