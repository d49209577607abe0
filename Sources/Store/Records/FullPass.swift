import Foundation

/// A look at all projects on GitHub.
public struct FullPass: Sendable, Hashable, Codable {
    /// How many were looked at.
    public var projects: Int
    /// How long it took.
    public var seconds: Double
    /// When it ended.
    public var endedAt: Date
}
