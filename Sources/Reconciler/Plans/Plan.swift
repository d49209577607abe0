import Model

/// What must be done on GitHub for one project, and what must not be done although it is declared.
public struct Plan: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The project's repository, as declared.
    public var repository: RepositoryName
    /// In the order in which they must be applied.
    public var operations: [Operation]
    /// Parts that are not touched, each with the reason.
    public var problems: [PlanProblem]

    /// Memberwise.
    public init(repository: RepositoryName, operations: [Operation], problems: [PlanProblem] = []) {
        self.repository = repository
        self.operations = operations
        self.problems = problems
    }

    /// Whether everything is as declared.
    public var isEmpty: Bool { operations.isEmpty && problems.isEmpty }

    /// As a diff.
    public var description: String { PlanText.diff(self) }
}
