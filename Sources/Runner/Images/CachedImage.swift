import Foundation
import Model

/// An image that an install script left behind.
public struct CachedImage: Sendable, Hashable {
    /// Its name on the engine.
    public var reference: String
    /// The project, as `RepositoryName.key` writes it.
    public var repository: String
    /// The hook's identifier.
    public var hook: String
    /// 64 hexadecimal digits.
    public var key: String
    /// Whether a build of a trusted ref made it; builds of other refs have images of their own.
    public var isTrusted: Bool
    /// When it was made.
    public var created: Date
    /// Bytes of all its layers; images share layers.
    public var size: Int64

    /// Memberwise.
    public init(
        reference: String, repository: String, hook: String, key: String, isTrusted: Bool, created: Date, size: Int64
    ) {
        self.reference = reference
        self.repository = repository
        self.hook = hook
        self.key = key
        self.isTrusted = isTrusted
        self.created = created
        self.size = size
    }
}
