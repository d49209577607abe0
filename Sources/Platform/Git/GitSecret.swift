/// A password, token or private key; printing it shows nothing of it.
public struct GitSecret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let value: String

    /// Wraps a secret so that it cannot be printed by accident.
    public init(_ value: String) {
        self.value = value
    }

    /// Never the secret.
    public var description: String { "<redacted>" }
    /// Never the secret.
    public var debugDescription: String { description }
    /// Has no children, so that `dump` shows nothing either.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
