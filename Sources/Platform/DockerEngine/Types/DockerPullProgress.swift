/// A line of news from a pull.
public struct DockerPullProgress: Sendable, Hashable {
    /// What happens, in the engine's words: `Downloading`, `Pull complete`, `Digest: sha256:…`.
    public var status: String
    /// The layer or tag that it is about.
    public var id: String?
    /// Bytes done, while something is downloaded or unpacked.
    public var current: Int64?
    /// Bytes in all, where known.
    public var total: Int64?

    /// Memberwise.
    public init(status: String, id: String? = nil, current: Int64? = nil, total: Int64? = nil) {
        self.status = status
        self.id = id
        self.current = current
        self.total = total
    }
}
