import OpenSSL

/// The reference under which the result of an install script is kept.
public enum CachedImageName {
    /// What the names of images begin with that builds of trusted refs make.
    public static let trustedFolder = "kozmic-cache"
    /// What the names of images begin with that other builds make.
    public static let untrustedFolder = "kozmic-cache-untrusted"

    /// `kozmic-cache/<owner>/<repo>/<hook>:<key>`, lower case; builds of untrusted refs have a namespace of their own,
    /// which trusted builds never read.
    public static func reference(
        _ repository: RepositoryName, _ hook: HookID, key: CacheKey, trusted: Bool
    ) -> String {
        "\(repositoryPart(repository, hook, trusted: trusted)):\(key)"
    }

    /// The reference without the key.
    public static func repositoryPart(_ repository: RepositoryName, _ hook: HookID, trusted: Bool) -> String {
        let parts = [repository.owner.lowercased(), repository.name.lowercased(), hook.description].map(component)
        return "\(trusted ? trustedFolder : untrustedFolder)/\(parts.joined(separator: "/"))"
    }

    /// Docker takes fewer names than GitHub: a component such as `.github` or `a-` becomes its words and, because two
    /// names may have the same words, the beginning of the name's SHA-256: `github__5e0f…`.
    private static func component(_ name: String) -> String {
        guard !ImageReference.isComponent(name) else { return name }
        let words = name.split { !$0.isLetter && !$0.isNumber }
        let hash = Hex.encode(SHA256.hash(Array(name.utf8))).prefix(12)
        return (words + [hash]).joined(separator: "__")
    }
}
