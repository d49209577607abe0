import GitHub

/// What `/_metrics` says beside the figures of the store.
public struct MetricsSources: Sendable {
    /// How many jobs may run at once.
    public var slots: Int
    /// What GitHub still lets the server ask.
    public var quotas: @Sendable () -> [GitHubQuota]

    /// Memberwise.
    public init(slots: Int = 0, quotas: @escaping @Sendable () -> [GitHubQuota] = { [] }) {
        self.slots = slots
        self.quotas = quotas
    }
}
