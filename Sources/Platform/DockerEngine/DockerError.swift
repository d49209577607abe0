/// Why a request to the Docker Engine failed.
public struct DockerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is, for whoever decides what to do about it.
    public var kind: Kind
    /// The engine's own words where it gave any, else ours; never a secret.
    public var message: String

    /// Memberwise.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The kinds of failure.
    public enum Kind: Sendable, Hashable {
        /// The engine cannot be reached, or the connection broke.
        case transport
        /// The Swift task was cancelled.
        case cancelled
        /// The engine speaks no version of the protocol that we speak.
        case unsupported
        /// Status 404: no such container, image, volume, network or path.
        case notFound
        /// Status 409: a name is taken, a container runs (or does not), something is in use.
        case conflict
        /// Any other status of 300 and above.
        case http(Int)
        /// The answer is not what the protocol promises.
        case decoding
        /// An error reported inside a stream: a pull that failed, frames out of step.
        case stream
        /// The answer is larger than its limit in bytes.
        case tooLarge(Int)
        /// The caller's own mistake: a host or an image reference that cannot be.
        case invalid
    }

    public var description: String { message }

    /// Whether the same request may well succeed a little later: the engine was away or in trouble, and nothing is
    /// known to be wrong with the request.
    public var isTransient: Bool {
        switch kind {
        case .transport: true
        case .http(let status): status == 429 || status >= 500
        case .cancelled, .unsupported, .notFound, .conflict, .decoding, .stream, .tooLarge, .invalid: false
        }
    }
}
