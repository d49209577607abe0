/// When `MissedEvents` looks, and how long it waits before it acts.
public struct MissedEventsTiming: Sendable {
    /// Between two comparisons of a project's heads with its builds.
    public var heads: Duration
    /// Between two looks at the deliveries of a project's webhooks. Heads that nobody announced lead to one at once.
    public var deliveries: Duration
    /// How long a webhook may be under way before it counts as lost.
    public var patience: Duration

    /// Memberwise.
    public init(
        heads: Duration = .seconds(180), deliveries: Duration = .seconds(600), patience: Duration = .seconds(15)
    ) {
        self.heads = heads
        self.deliveries = deliveries
        self.patience = patience
    }
}
