extension DockerEngine {
    /// Whether the engine is reached over a socket file, and so runs on this machine.
    public var isLocal: Bool { host.socket != nil }
}
