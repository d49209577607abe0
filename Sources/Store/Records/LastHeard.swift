import Foundation

/// When GitHub last told something about a project by a webhook, and what it did not tell.
public struct LastHeard: Sendable, Hashable {
    /// When the latest delivery with a good signature was stored; `nil` before the first one.
    public var at: Date?
    /// Its event, such as `push`.
    public var event: String?
    /// When an event was last found by comparing heads, of which no delivery had told.
    public var foundAt: Date?
    /// How many such events were found after the latest delivery; without one, all of them.
    public var foundSince = 0

    /// Nothing was heard.
    public init() {}
}
