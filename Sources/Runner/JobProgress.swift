import Model

/// What became known about a job while it runs.
public enum JobProgress: Sendable, Hashable {
    /// What the job is doing now.
    case phase(JobPhase)
    /// The image that the job begins with.
    ///
    /// - id: `sha256:…`
    /// - digest: the registry's digest, when the image came from one.
    case baseImage(id: String, digest: String?)
    /// Something of the commit is needed now, for the first time or again.
    case commit
    /// The cache key of the install script's result, and whether an existing image is reused.
    case cacheKey(String, reused: Bool)
}
