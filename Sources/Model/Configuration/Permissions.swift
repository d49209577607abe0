/// Permissions that a project declares.
public struct Permissions: Sendable, Hashable, Codable {
    /// Whether what is not declared is taken away.
    public var authoritative = false
    /// Levels by login.
    public var collaborators: [String: PermissionLevel] = [:]
    /// Levels by team slug.
    public var teams: [String: PermissionLevel] = [:]

    /// Nothing declared.
    public init() {}
}
