/// How far a fetch has come.
public struct GitProgress: Sendable, Hashable {
    /// Objects the server announced.
    public let totalObjects: Int
    /// Objects that arrived.
    public let receivedObjects: Int
    /// Objects that were checked and indexed.
    public let indexedObjects: Int
    /// Bytes that arrived.
    public let receivedBytes: Int64
}
