import DockerEngine
import Foundation
import Model

extension JobRun {
    /// What a trusted build made for the same key: a job of an untrusted ref may begin with it, but never makes it.
    func trustedImage(_ name: CachedImages.Name) async throws -> Image? {
        guard let reference = name.trustedReference else { return nil }
        let trusted = CachedImages.Name(key: name.key, reference: reference)
        return try await alone(trusted) { try await reused(trusted) }
    }

    /// The cached image, unless it is older than the hook wants.
    func reused(_ name: CachedImages.Name) async throws -> Image? {
        guard let image = try await engine.image(name.reference) else { return nil }
        if let limit = job.hook.refreshSeconds, let created = image.created {
            let age = Int(Date().timeIntervalSince(created.date))
            guard age < limit else {
                try await log.note(
                    "The cached image is \(Elapsed.text(age)) old; `refresh` wants it younger than "
                        + "\(Elapsed.text(limit))")
                return nil
            }
        }
        // Remembered while nobody else has the turn: from here on the image is in use.
        try await progress(.cacheKey(name.key, reused: true))
        try await log.note("Cached image found: \(Self.short(name)) (\(BaseImages.short(image.id)))")
        return Image(id: image.id, name: name.reference)
    }

    /// A reference with as much of its key as people look at.
    static func short(_ name: CachedImages.Name) -> String {
        "\(name.reference.dropLast(name.key.count))\(name.key.prefix(12))…"
    }
}
