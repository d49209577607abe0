import Foundation
import Logging
import Model
import Runner
import Store

/// Keeps cached images within their limits: each project's number, and the engine's disk.
struct ImageCare: Sendable {
    var configuration: ControllerConfiguration
    var store: Store
    var executor: any Executor
    var logger: Logger

    /// Under pressure of the disk, images are removed until it is this much below the mark.
    private static let relief = 0.05
    /// An image used within this time stays, however full the disk is: it would be made again at once.
    private static let recent: TimeInterval = 3600

    /// One look at everything; removes what is too much.
    ///
    /// - Throws: `StoreError`, or the engine's error.
    func pass(at now: Date = Date()) async throws {
        // The uses are read after the images: one that is made meanwhile is not seen, or seen with its use.
        var images = try await executor.cachedImages(instance: configuration.instance)
        let keeping = ImageKeeping(uses: try await store.cacheUses())
        for (key, group) in Dictionary(grouping: images, by: \.repository).sorted(by: { $0.key < $1.key }) {
            let record =
                if let name = RepositoryName(key) { try await store.project(name) } else { ProjectRecord?.none }
            let project = record?.isActive == true ? record?.config : nil
            let reason = project == nil ? "the project is gone" : "more than cached_images allows"
            for image in keeping.excess(group, project: project) where try await remove(image, because: reason) {
                images.removeAll { $0 == image }
            }
        }
        try await relieveDisk(&images, keeping, now)
        try await store.keepCacheUses(of: Set(images.map(CacheEntry.init)))
        try await store.saveCachedImages(
            images.map { image in
                KnownImage(
                    entry: CacheEntry(image), isTrusted: image.isTrusted, madeAt: image.created, size: image.size)
            })
    }

    private func relieveDisk(_ images: inout [CachedImage], _ keeping: ImageKeeping, _ now: Date) async throws {
        guard let high = configuration.cacheDiskHigh, var use = try await executor.diskUse(), use > high else { return }
        let reason = "the engine's disk is \(Int(use * 100)) % full, more than \(Int(high * 100)) %"
        for image in keeping.unused(images, since: now.addingTimeInterval(-Self.recent)) {
            guard use > high - Self.relief else { return }
            guard try await remove(image, because: reason) else { continue }
            images.removeAll { $0 == image }
            use = try await executor.diskUse() ?? 0
        }
        if use > high {
            logger.warning("\(reason), and no cached image is left that could be removed")
        }
    }

    private func remove(_ image: CachedImage, because reason: String) async throws -> Bool {
        let removed = try await executor.removeCachedImage(image) {
            try await store.cacheEntriesInUse().contains(CacheEntry(image))
        }
        if removed { logger.info("cached image removed: \(reason)", metadata: ["image": "\(image.reference)"]) }
        return removed
    }
}
