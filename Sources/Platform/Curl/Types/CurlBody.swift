/// What a request sends.
public enum CurlBody: Sendable {
    /// Nothing.
    case none
    /// These bytes.
    case bytes([UInt8])
    /// The chunks of a sequence, asked for as the server takes them. Without a length they are sent in chunked encoding.
    /// A sequence that throws ends the request with an error of the kind `upload`, as does one of another length.
    case stream(length: Int64?, any AsyncSequence<[UInt8], any Error> & Sendable)
}
