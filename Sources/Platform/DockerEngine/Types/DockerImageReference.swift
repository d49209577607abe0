/// The name of an image taken apart: `registry.example.org:5000/team/image:tag@sha256:…`.
public struct DockerImageReference: Sendable, Hashable {
    /// Everything before the tag and the digest.
    public var repository: String
    /// After the colon.
    public var tag: String?
    /// After the at sign.
    public var digest: String?

    /// Throws `invalid` for what cannot be an image's name.
    public init(_ reference: String) throws(DockerError) {
        var rest = try EngineName.image(reference)[...]
        if let at = rest.firstIndex(of: "@") {
            digest = String(rest[rest.index(after: at)...])
            rest = rest[..<at]
        }
        let nameStart = rest.lastIndex(of: "/").map(rest.index(after:)) ?? rest.startIndex
        if let colon = rest[nameStart...].firstIndex(of: ":") {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        repository = String(rest)
        guard !repository.isEmpty, repository.last != "/", tag?.isEmpty != true, digest?.isEmpty != true,
            tag?.contains(":") != true, digest?.contains("@") != true
        else { throw DockerError(.invalid, "not the name of an image: \(reference.debugDescription)") }
    }

    /// Where it is pulled from: the first part of the name if it looks like a host, else Docker's hub.
    public var registry: String {
        guard let slash = repository.firstIndex(of: "/") else { return Self.hub }
        let first = repository[..<slash]
        return first.contains(".") || first.contains(":") || first == "localhost" ? String(first) : Self.hub
    }

    /// The repository as engines print it: without the hub's name, and without the folder of the hub's own images.
    public var familiarRepository: String {
        let isHubs = repository.hasPrefix("\(Self.hub)/")
        let name = isHubs ? String(repository.dropFirst(Self.hub.count + 1)) : repository
        let parts = name.split(separator: "/")
        return parts.count == 2 && parts[0] == "library" && (isHubs || registry == Self.hub) ? String(parts[1]) : name
    }

    /// Docker's own registry.
    public static let hub = "docker.io"
}
