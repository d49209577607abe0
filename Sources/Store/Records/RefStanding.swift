import Model

/// How a ref is: what the jobs that really ran there said last. A job that was skipped or cancelled says nothing about it.
public struct RefStanding: Sendable, Hashable, Codable {
    /// The state that the ref's newest build would have if its skipped jobs had come to what those before them came to.
    public var state: BuildState
    /// The number of the newest build with a job that says so: the ref's newest one, unless that one skipped it.
    public var number: Int
    /// The number of the ref's newest build.
    public var latest: Int

    /// Whether the ref's newest build skipped what says so.
    public var isOlder: Bool { number != latest }
    /// Whether the ref is red.
    public var isRed: Bool { state == .failure || state == .error }
}

/// Since when a ref has been red.
public struct RedStretch: Sendable, Hashable {
    /// The first build of those in a row by which it was red.
    public var first: BuildRecord
    /// The last one before them by which it was green.
    public var passed: BuildRecord?
}
