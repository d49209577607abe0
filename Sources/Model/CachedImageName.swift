/// The reference under which the result of an install script is kept.
public enum CachedImageName {
    /// `kozmic-cache/<owner>/<repo>/<hook>:<key>`, lower case; builds of untrusted refs have a namespace of their own,
    /// which trusted builds never read.
    public static func reference(
        _ repository: RepositoryName, _ hook: HookID, key: CacheKey, trusted: Bool
    ) -> String {
        "\(repositoryPart(repository, hook, trusted: trusted)):\(key)"
    }

    /// The reference without the key.
    public static func repositoryPart(_ repository: RepositoryName, _ hook: HookID, trusted: Bool) -> String {
        "\(trusted ? "kozmic-cache" : "kozmic-cache-untrusted")/\(repository.key)/\(hook)"
    }
}
