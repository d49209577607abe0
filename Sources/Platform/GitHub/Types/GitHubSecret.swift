/// The secret that GitHub signs a webhook's deliveries with. It is never printed.
public struct GitHubSecret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    let value: String

    /// - Parameter value: the text whose UTF-8 bytes are the key of the signature.
    public init(_ value: String) { self.value = value }

    public var description: String { "********" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
