/// Settings that may stand in `kozmic.yaml`, in a project and in a hook; the nearest wins. Durations in seconds.
public struct HookSettings: Sendable, Hashable, Codable {
    /// A job that runs longer is stopped.
    public var timeoutSeconds = 3600
    /// A job that prints nothing for so long is stopped.
    public var stallTimeoutSeconds = 900
    /// Between SIGTERM and SIGKILL.
    public var cancelGraceSeconds = 10
    /// What the container may use.
    public var resources = Resources()
    /// How many cached images a project keeps.
    public var cachedImages = 3
    /// Which commit statuses a job takes part in.
    public var status = StatusMode.build
    /// What happens to a difference that nobody asked for; a hook's is about its webhook.
    public var drift = DriftMode.heal
    /// Whether a hook runs for pull requests from forks.
    public var forkPullRequests = ForkMode.approve
    /// Bytes; more is cut in the middle.
    public var logLimitBytes: Int64 = 1 << 30
    /// Look for a newer base image when the last look is older.
    public var pullSeconds = 3600
    /// Whether the commit that broke the hook on the default branch is searched for.
    public var bisect = BisectMode.never

    /// The defaults of a configuration that says nothing.
    public init() {}

    /// One status for the build, one for each job, or both.
    public enum StatusMode: String, Sendable, Hashable, Codable, CaseIterable { case build, jobs, both }
    /// Repair a drift, or only show it.
    public enum DriftMode: String, Sendable, Hashable, Codable, CaseIterable { case heal, report }
    /// Pull requests from forks wait for an approval, never run, or always run.
    public enum ForkMode: String, Sendable, Hashable, Codable, CaseIterable { case approve, never, always }
    /// The search begins when somebody asks for it, or by itself.
    public enum BisectMode: String, Sendable, Hashable, Codable, CaseIterable { case never, auto }
}
