/// Where the stand-in listens and keeps its repositories.
public struct SimulatorConfiguration: Sendable {
    /// The address to bind.
    public var host: String
    /// The port to bind; 0 lets the system choose.
    public var port: Int
    /// A folder for the bare repositories. Its subfolder `repositories` is emptied at the start.
    public var stateDirectory: String
    /// How long a receiver of a webhook may take to answer.
    public var webhookTimeout: Duration
    /// What repositories' addresses for git over SSH begin with, such as `ssh://git@127.0.0.1:2222`: of a server that
    /// somebody else runs. `nil` for GitHub's own, which lead nowhere.
    public var sshAddress: String?

    /// - Parameters:
    ///   - host: the address to bind; anything but loopback would put every repository on the network.
    ///   - port: 0 lets the system choose.
    ///   - stateDirectory: made if it is missing.
    ///   - webhookTimeout: GitHub grants ten seconds.
    ///   - sshAddress: without a slash at its end.
    public init(
        host: String = "127.0.0.1", port: Int = 0, stateDirectory: String, webhookTimeout: Duration = .seconds(10),
        sshAddress: String? = nil
    ) {
        self.host = host
        self.port = port
        self.stateDirectory = stateDirectory
        self.webhookTimeout = webhookTimeout
        self.sshAddress = sshAddress
    }
}
