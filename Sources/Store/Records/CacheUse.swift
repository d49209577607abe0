import Foundation

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
