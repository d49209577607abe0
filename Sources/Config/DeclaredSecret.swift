import Model

/// A sealed value in a project file, with its place.
public struct DeclaredSecret: Sendable, Hashable {
    /// The project.
    public var repository: RepositoryName
    /// The variable.
    public var name: String
    /// The sealed text as it stands in the file.
    public var sealed: String
    /// The file, relative to the admin repository.
    public var path: String
    /// From 1.
    public var line: Int
    /// From 1.
    public var column: Int
}
