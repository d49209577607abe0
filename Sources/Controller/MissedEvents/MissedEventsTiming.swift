/// When `MissedEvents` looks, and how long it waits before it acts.
public struct MissedEventsTiming: Sendable {
    /// Between two comparisons of a project's heads with its builds, as long as GitHub does not tell by the way whether
    /// somebody pushed. The interval at which it is asked that, too.
    public var heads: Duration
    /// Between two looks at the deliveries of a project's webhooks while they fail, and at its pull requests.
    /// Heads that nobody announced lead to one at once.
    public var deliveries: Duration
    /// How long a webhook may be under way before it counts as lost.
    public var patience: Duration
    /// Between two looks at everything of a project, although nothing tells that anything was missed. Each wait is
    /// shortened by up to a half, so that thousands of projects do not come together.
    public var everything: Duration
    /// GitHub tells of pushes in whole seconds, and its answers may be a moment old: a look that long after a push sees
    /// what came with it.
    public var settling: Duration

    /// Memberwise.
    public init(
        heads: Duration = .seconds(180), deliveries: Duration = .seconds(600), patience: Duration = .seconds(15),
        everything: Duration = .seconds(3600), settling: Duration = .seconds(20)
    ) {
        self.heads = heads
        self.deliveries = deliveries
        self.patience = patience
        self.everything = everything
        self.settling = settling
    }

    /// How old a hint may be to be believed: a full pass over thousands of projects takes longer than its interval.
    var hintAge: Duration { max(heads * 5, .seconds(5)) }
}
