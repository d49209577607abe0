/// What a `DockerExecutor` keeps ready, and the network that it puts jobs into.
public struct Preparation: Sendable, Hashable {
    /// How many prepared places wait for jobs; 0 for none.
    public var berths: Int
    /// How many containers wait for jobs of the hooks that ran last; 0 for none.
    public var standbys: Int
    /// Whether containers are in a network of their own, where they cannot reach each other; if not, they are on the
    /// engine's bridge, together with everybody else's.
    public var ownNetwork: Bool
    /// How long no job must have begun or ended before something is prepared.
    var quiet = Duration.milliseconds(400)
    /// When a job is ended because of the space that it takes.
    var disk = DiskWatch.Limits()
    /// What makes a repository so large that its work trees lie above a template; `nil`: none does.
    public var largeTrees: TreeLimits?

    /// Memberwise; nothing is prepared unless asked for.
    public init(berths: Int = 0, standbys: Int = 0, ownNetwork: Bool = false, largeTrees: TreeLimits? = nil) {
        self.berths = berths
        self.standbys = standbys
        self.ownNetwork = ownNetwork
        self.largeTrees = largeTrees
    }
}
