import DockerEngine
import Foundation
import Model

/// What a cached image says about itself.
public struct CachedImageRecord: Sendable {
    /// The image.
    public var image: CachedImage
    /// What its key is made of; `nil` for an image that an older Kozmic made.
    public var parts: CacheKeyParts?
    /// The commit that it was made for.
    public var commit: String?

    /// All cached images of a hook that the engine holds, whoever made them, the newest first.
    ///
    /// - Throws: `DockerError`.
    public static func all(
        _ repository: RepositoryName, _ hook: HookID, on engine: DockerEngine
    ) async throws(DockerError) -> [CachedImageRecord] {
        let labels = [Labels.repository: repository.key, Labels.hook: hook.description, Labels.cache: nil]
        let records = try await engine.images(labels: labels).flatMap { image in
            image.tags.compactMap { reference in
                CachedImage(image, reference: reference).map {
                    CachedImageRecord(
                        image: $0, parts: image.labels[Labels.parts].flatMap(CacheKeyParts.init),
                        commit: image.labels[Labels.commit])
                }
            }
        }
        return records.sorted { $0.image.created > $1.image.created }
    }
}
