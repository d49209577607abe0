/// What a copy of the store holds, in numbers.
public struct BackupContents: Sendable, Hashable, Codable {
    /// Projects, declared now or once.
    public var projects = 0
    /// Builds.
    public var builds = 0
    /// Jobs, each attempt counted.
    public var jobs = 0
    /// Deliveries.
    public var deliveries = 0
    /// Logs of jobs, and their bytes.
    public var logs = 0
    /// The bytes of all logs.
    public var logBytes: Int64 = 0

    /// Nothing.
    public init() {}
}
