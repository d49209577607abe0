import DockerEngine
import Git
import Model

/// The images that install scripts leave behind.
struct CachedImages: Sendable {
    /// The name of the image that a job needs.
    struct Name: Sendable {
        let key: String
        let reference: String
        /// The name that trusted builds give to the same image, for a build that is not trusted.
        var trustedReference: String?
        /// The text that the key is the hash of.
        var parts = ""
    }

    let engine: DockerEngine
    /// At most one job at a time makes, finds or removes the image of a reference.
    let turns = Turns<String>()

    /// Computes the cache key from the commit's tree; `nil` for a hook without an install script.
    static func name(_ job: JobSpec, baseImage: String, mirror: GitMirror) async throws -> Name? {
        guard let key = try await CacheKey(job.hook, commit: job.commit, baseImage: baseImage, mirror: mirror) else {
            return nil
        }
        func reference(trusted: Bool) -> String {
            CachedImageName.reference(job.repository, job.hook.id, key: key, trusted: trusted)
        }
        return Name(
            key: key.description, reference: reference(trusted: job.trusted),
            trustedReference: job.trusted ? nil : reference(trusted: true),
            parts: String(decoding: key.text, as: UTF8.self))
    }

    /// Makes the image of an install container that ended well. Doing it again makes the same image again.
    func commit(_ container: String, as name: Name, job: JobSpec) async throws(DockerError) -> String {
        try await engine.commit(
            container: container, reference: name.reference,
            changes: ContainerPlan.cachedImage(job, key: name.key))
    }
}
