import Model

/// What must be done on GitHub for one project.
public struct ProjectPlan: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The project's repository.
    public var repository: RepositoryName
    /// In the order in which they must be applied.
    public var operations: [WebhookOperation]

    /// Memberwise.
    public init(repository: RepositoryName, operations: [WebhookOperation]) {
        self.repository = repository
        self.operations = operations
    }

    /// Whether everything is as declared.
    public var isEmpty: Bool { operations.isEmpty }

    /// The repository and a line for each operation.
    public var description: String {
        isEmpty
            ? "\(repository): no changes"
            : ([("\(repository):")] + operations.map { "  \($0)" }).joined(separator: "\n")
    }
}
