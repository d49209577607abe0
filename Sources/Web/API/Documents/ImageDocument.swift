import Foundation
import Model
import Store

/// What an install script left behind, for programs.
package struct ImageDocument: Codable, Sendable {
    /// The hook.
    package var hook: String
    /// The cache key.
    package var key: String
    /// Whether builds of trusted refs begin with it.
    package var isTrusted: Bool
    /// When it was made.
    package var madeAt: Date
    /// Bytes of all its layers; images share layers.
    package var size: Int64
    /// When a job last began with it or made it, if that is known.
    package var lastUsedAt: Date?

    init(_ image: KnownImage) {
        (hook, key, isTrusted) = (image.entry.hook, image.entry.key, image.isTrusted)
        (madeAt, size, lastUsedAt) = (image.madeAt, image.size, image.lastUsedAt)
    }
}

/// The cached images of a project, by hook, the newest first.
package struct ImageListDocument: Codable, Sendable {
    /// At most 1,000.
    package var images: [ImageDocument]
}
