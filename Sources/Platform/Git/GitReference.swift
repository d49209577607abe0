/// A name that points to an object.
public struct GitReference: Sendable, Hashable {
    /// The full name, such as `refs/heads/main` or `HEAD`.
    public let name: String
    /// The object it leads to (a tag object for an annotated tag), 40 lowercase hexadecimal digits.
    public let target: String
    /// The reference it points to, when it is a symbolic one.
    public let symbolicTarget: String?

    /// Makes a reference.
    public init(name: String, target: String, symbolicTarget: String? = nil) {
        self.name = name
        self.target = target
        self.symbolicTarget = symbolicTarget
    }
}
