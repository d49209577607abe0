/// Which engine answers, and the version of the protocol that both sides speak.
public struct DockerVersion: Sendable, Hashable {
    /// The engine's own version, such as `28.2.2`.
    public var engine: String
    /// What the requests use.
    public var api: DockerAPIVersion
    /// The newest protocol that the engine speaks.
    public var engineAPI: DockerAPIVersion
    /// The oldest protocol that the engine speaks, where it says so.
    public var minimumAPI: DockerAPIVersion?
    /// Such as `linux`.
    public var operatingSystem: String
    /// Such as `amd64`.
    public var architecture: String
}
