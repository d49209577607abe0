/// The limits that requests with one token are kept below. The defaults are those that GitHub documents as its
/// secondary rate limits.
public struct GitHubPacing: Sendable, Hashable {
    /// Requests that create or change something, in any 60 seconds.
    public var writesPerMinute = 80
    /// The same in any hour.
    public var writesPerHour = 500
    /// In any 60 seconds: a read is one point, a write five.
    public var pointsPerMinute = 900
    /// Requests under way at the same time.
    public var concurrentRequests = 100
    /// How long a read waits for its turn before it is refused with `paced`. Waiting costs nothing here.
    public var patienceOfReads: Duration = .seconds(90)
    /// How long a write waits. Short, because it rests on what was read before: who has to wait for longer had better
    /// look again, and show meanwhile that it waits.
    public var patienceOfWrites: Duration = .seconds(10)

    /// GitHub's documented limits.
    public init() {}

    /// For a GitHub Enterprise Server, on which rate limits are off unless somebody turned them on. What the server
    /// refuses nevertheless still holds all requests back.
    public static let unlimited = {
        var pacing = GitHubPacing()
        pacing.writesPerMinute = 1_000_000
        pacing.writesPerHour = 1_000_000
        pacing.pointsPerMinute = 1_000_000
        return pacing
    }()
}
