extension DockerEngine {
    /// Whether the engine is reached over a socket file, and so runs on this machine.
    public var isLocal: Bool { host.socket != nil }

    /// Whether it seems to run on this machine: over a socket file, or over TCP on loopback.
    public var isOnThisMachine: Bool { isLocal || host.isLoopback }
}
