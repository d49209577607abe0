import Model

/// What GitHub agreed with at the end of a pass: later differences from it are drift.
public struct Baseline: Sendable, Hashable, Codable {
    /// What was declared.
    public var desired: DesiredRepository
    /// The parts that were made so; a part that failed is not among them.
    public var parts: Set<Operation.Part>
    /// Whether the repository was private.
    public var isPrivate: Bool
    /// See `ObservedRepository.inherited`.
    public var inherited: [String: String]
    /// Whether the project had become authoritative, and those who are not declared keep their access until somebody
    /// agrees; `nil` for no.
    public var holdsRemovals: Bool?

    /// Whether what was declared was all there may be: who has access besides is drift since then.
    public var isAuthoritative: Bool { desired.permissions.authoritative && holdsRemovals != true }

    /// Memberwise.
    public init(
        desired: DesiredRepository, parts: Set<Operation.Part> = Set(Operation.Part.allCases), isPrivate: Bool,
        inherited: [String: String] = [:]
    ) {
        self.desired = desired
        self.parts = parts
        self.isPrivate = isPrivate
        self.inherited = inherited
    }
}
