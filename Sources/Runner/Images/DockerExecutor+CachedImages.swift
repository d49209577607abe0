import DockerEngine
import Model

extension DockerExecutor {
    public func cachedImages(instance: String) async throws -> [CachedImage] {
        let found = try await tools.engine.images(labels: [Labels.instance: instance, Labels.cache: nil])
        return found.flatMap { image in
            image.tags.compactMap { CachedImage(image, reference: $0) }
        }
    }

    public func removeCachedImage(
        _ image: CachedImage, unless isWanted: @Sendable () async throws -> Bool
    ) async throws -> Bool {
        // A job that looks for the image, or makes it, has the turn: it is in use then.
        let removed = try await tools.cachedImages.turns.takeIfFree(image.reference) {
            if try await isWanted() { return false }
            do {
                try await tools.engine.removeImage(image.reference)
                return true
            } catch let error as DockerError where error.kind == .conflict {
                return false
            }
        }
        return removed ?? false
    }

    public func diskUse() async throws -> Double? { try await tools.disk.facts()?.use }
}

extension CachedImage {
    /// `nil` for a name that somebody else gave to an image of ours.
    init?(_ image: DockerImageSummary, reference: String) {
        guard let key = image.labels[Labels.cache], let repository = image.labels[Labels.repository],
            let hook = image.labels[Labels.hook], key.count == 64, reference.hasSuffix(":\(key)"),
            reference.hasPrefix("\(CachedImageName.trustedFolder)/")
                || reference.hasPrefix("\(CachedImageName.untrustedFolder)/")
        else { return nil }
        self.init(
            reference: reference, repository: repository, hook: hook, key: key,
            isTrusted: reference.hasPrefix("\(CachedImageName.trustedFolder)/"), created: image.created,
            size: image.size)
    }
}
