/// A path that differs between two commits. A rename is a removal and an addition.
public struct GitChange: Sendable, Hashable {
    /// How it differs.
    public enum Kind: Sendable, Hashable {
        case added
        case removed
        /// The content or the mode differs.
        case modified
    }

    /// The path from the root. Git does not demand UTF-8.
    public let path: [UInt8]
    /// How it differs.
    public let kind: Kind
}
