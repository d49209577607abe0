/// One part of something on GitHub that differs from what is declared.
public struct FieldChange: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Such as `events`.
    public var field: String
    /// What GitHub has.
    public var old: String
    /// What is declared.
    public var new: String

    /// Memberwise.
    public init(field: String, old: String, new: String) {
        self.field = field
        self.old = old
        self.new = new
    }

    /// A change of a secret, which shows neither the old nor the new one.
    static let secret = FieldChange(field: "secret", old: "********", new: "changed")

    public var description: String { "\(field): \(old.isEmpty ? "nothing" : old) -> \(new)" }
}
