import Model

/// As much of a declared project as tells whether a person should look at it: a thousand are read in a moment.
public struct ProjectStanding: Sendable, Hashable, Identifiable {
    /// The project's number.
    public var id: Int64
    /// The repository's name, in the letters of the latest configuration.
    public var name: String
    /// Whether GitHub agrees with the configuration.
    public var status: ProjectCondition.Status
    /// Whether its file has errors, so that the configuration before them holds.
    public var isKept: Bool
}
