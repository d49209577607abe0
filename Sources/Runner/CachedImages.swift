import DockerEngine
import Foundation
import Git
import Model

/// The images that install scripts leave behind.
struct CachedImages: Sendable {
    /// The name of the image that a job needs.
    struct Name: Sendable {
        let key: String
        let reference: String
    }

    let engine: DockerEngine
    /// At most one job at a time makes the image of a reference.
    let turns = Turns<String>()

    /// Computes the cache key from the commit's tree.
    static func name(_ job: JobSpec, baseImage: String, script: String, mirror: GitMirror) async throws -> Name {
        var tracked: [CacheKey.TrackedPath] = []
        for path in job.hook.trackedFiles {
            let entry = try await mirror.entry(commit: job.commit, path: path)
            tracked.append(
                CacheKey.TrackedPath(
                    path: Array(path.utf8),
                    entry: entry.map {
                        CacheKey.Entry(mode: $0.mode, type: $0.type.rawValue, object: $0.object)
                    }))
        }
        let key = CacheKey(
            imageID: baseImage, user: job.hook.user, environment: job.hook.environment, installScript: script,
            tracked: tracked)
        let reference = CachedImageName.reference(job.repository, job.hook.id, key: key, trusted: job.trusted)
        return Name(key: key.description, reference: reference)
    }

    /// The image, unless it is older than the hook wants.
    func find(_ name: Name, refreshSeconds: Int?) async throws(DockerError) -> DockerImage? {
        guard let image = try await engine.image(name.reference) else { return nil }
        if let refreshSeconds, let created = image.created {
            guard Date().timeIntervalSince(created.date) < Double(refreshSeconds) else { return nil }
        }
        return image
    }

    /// Makes the image of an install container that ended well. Doing it again makes the same image again.
    func commit(_ container: String, as name: Name, job: JobSpec) async throws(DockerError) -> String {
        try await engine.commit(
            container: container, reference: name.reference,
            changes: ContainerPlan.cachedImage(job, key: name.key))
    }
}
