/// A piece of a container's output.
public struct DockerFrame: Sendable, Hashable {
    /// Where it was written.
    public var stream: Stream
    /// What was written; pieces may end anywhere, in the middle of a character too.
    public var bytes: [UInt8]

    /// Memberwise.
    public init(_ stream: Stream, _ bytes: [UInt8]) {
        self.stream = stream
        self.bytes = bytes
    }

    /// The streams, numbered as in the protocol.
    public enum Stream: UInt8, Sendable, Hashable {
        /// What was typed, echoed.
        case stdin = 0
        /// Standard output.
        case stdout = 1
        /// Standard error.
        case stderr = 2
    }
}
