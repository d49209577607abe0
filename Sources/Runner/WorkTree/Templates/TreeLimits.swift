/// What makes a repository so large that its work trees lie above a template. Below that, writing all files is as fast,
/// and a container that was started ahead can be used.
public struct TreeLimits: Sendable, Hashable {
    /// Files and folders.
    public var entries: Int
    /// Bytes of packs.
    public var bytes: Int

    /// Memberwise.
    public init(entries: Int = 2000, bytes: Int = 100 << 20) {
        self.entries = entries
        self.bytes = bytes
    }
}
