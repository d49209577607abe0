import Foundation

/// An image that the engine had when somebody looked last.
public struct KnownImage: Sendable, Hashable {
    /// Its name.
    public var entry: CacheEntry
    /// Whether builds of trusted refs begin with it.
    public var isTrusted: Bool
    /// When it was made.
    public var madeAt: Date
    /// Bytes of all its layers; images share layers.
    public var size: Int64
    /// When a job last began with it or made it, if that is known.
    public var lastUsedAt: Date?

    /// Memberwise.
    public init(entry: CacheEntry, isTrusted: Bool, madeAt: Date, size: Int64, lastUsedAt: Date? = nil) {
        self.entry = entry
        self.isTrusted = isTrusted
        self.madeAt = madeAt
        self.size = size
        self.lastUsedAt = lastUsedAt
    }
}

/// Names the image that an install script left behind, whichever build made it.
public struct CacheEntry: Sendable, Hashable, Codable {
    /// The project, as `RepositoryName.key` writes it.
    public var repository: String
    /// The hook's identifier.
    public var hook: String
    /// 64 hexadecimal digits.
    public var key: String

    /// Memberwise.
    public init(repository: String, hook: String, key: String) {
        self.repository = repository
        self.hook = hook
        self.key = key
    }
}
