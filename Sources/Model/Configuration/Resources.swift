/// What a container may use.
public struct Resources: Sendable, Hashable, Codable {
    /// Cores, in thousandths: 2000 is two cores.
    public var milliCPUs = 2000
    /// Bytes of memory; swap is limited to the same.
    public var memoryBytes: Int64 = 2 << 30
    /// Processes and threads.
    public var pids = 2048

    /// The defaults: two cores, 2 GiB, 2,048 processes.
    public init() {}
}
