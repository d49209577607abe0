/// Why an archive cannot be written or read.
public struct TarError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, with the path.
    public var message: String

    init(_ message: String) { self.message = message }

    public var description: String { message }
}
