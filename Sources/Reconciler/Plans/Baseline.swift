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
