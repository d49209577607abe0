import Model

/// How a ref is: what the jobs that really ran there said last. A job that was skipped says nothing about it.
public struct RefStanding: Sendable, Hashable {
    /// The state that the ref's newest build would have if its skipped jobs had run with the outcome of those before.
    public var state: BuildState
    /// The newest build that has this state's job: the ref's newest one, unless that one skipped it.
    public var build: BuildRecord
}
