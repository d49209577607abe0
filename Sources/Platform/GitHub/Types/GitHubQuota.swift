import Foundation

/// How much one token, or one installation of an app, may still ask.
public struct GitHubQuota: Sendable, Hashable {
    /// Whose quota it is: `token`, `app`, or `installation acme`.
    public var identity: String
    /// Requests in an hour; `nil` before the first answer that says so.
    public var limit: Int?
    /// What is left of them.
    public var remaining: Int?
    /// When the hour ends.
    public var resetsAt: Date?
    /// Until when GitHub wants no requests at all.
    public var closedUntil: Date?
    /// Requests that wait for their turn.
    public var waiting: Int
    /// Writes in the last hour.
    public var writesInHour: Int
    /// Requests that were sent since the start.
    public var requests: Int
    /// Those of them that were answered with "nothing changed", which costs no quota.
    public var unchanged: Int
}
