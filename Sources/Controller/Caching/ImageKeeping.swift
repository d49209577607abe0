import Foundation
import Model
import Runner
import Store

/// Which cached images are too many; pure.
struct ImageKeeping {
    /// When each image was last used; one that the store does not know was last used when it was made.
    var uses: [CacheEntry: Date]

    /// The images of one project that are over its limit, the one that was used longest ago first.
    ///
    /// The limit is never less than one image for each hook that has an install script: with fewer, hooks that run one
    /// after the other would take each other's image away every time. Images of untrusted builds have a limit of their
    /// own, so that they cannot crowd out the others.
    ///
    /// - Parameter project: `nil` when it is no longer declared.
    func excess(_ images: [CachedImage], project: Project?) -> [CachedImage] {
        let limit = project.map(Self.limit) ?? 0
        return [true, false].flatMap { isTrusted in
            let group = oldestFirst(images.filter { $0.isTrusted == isTrusted })
            return group.prefix(max(0, group.count - limit))
        }
    }

    /// All images that nobody used since then, the one that was used longest ago first.
    func unused(_ images: [CachedImage], since limit: Date) -> [CachedImage] {
        oldestFirst(images).filter { lastUse($0) < limit }
    }

    /// How many images of each kind a project keeps; the largest number that one of its hooks asks for.
    static func limit(_ project: Project) -> Int {
        let wanted = project.hooks.map(\.settings.cachedImages).max() ?? 0
        return wanted == 0 ? 0 : max(wanted, project.hooks.count { $0.installScript != nil })
    }

    private func oldestFirst(_ images: [CachedImage]) -> [CachedImage] {
        images.sorted { (lastUse($0), $0.reference) < (lastUse($1), $1.reference) }
    }

    private func lastUse(_ image: CachedImage) -> Date { uses[CacheEntry(image)] ?? image.created }
}

extension CacheEntry {
    /// What an image is called in the store.
    init(_ image: CachedImage) { self.init(repository: image.repository, hook: image.hook, key: image.key) }
}
