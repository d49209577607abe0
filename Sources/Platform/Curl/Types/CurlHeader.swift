/// One header line.
public struct CurlHeader: Sendable, Hashable {
    /// The name, as written.
    public var name: String
    /// The value, without the white space around it.
    public var value: String

    /// A header to send.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
