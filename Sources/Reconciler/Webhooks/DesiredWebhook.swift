import Model

/// The webhook that a hook needs.
public struct DesiredWebhook: Sendable, Hashable, Codable {
    /// The hook that owns it.
    public var hook: HookID
    /// Where GitHub sends deliveries; see `WebhookAddress`.
    public var url: String
    /// The events, sorted.
    public var events: [String]
    /// A hash of the secret that deliveries are signed with.
    public var secretFingerprint: String

    /// Memberwise; the events are sorted and each taken once.
    public init(hook: HookID, url: String, events: [String], secretFingerprint: String) {
        self.hook = hook
        self.url = url
        self.events = Set(events).sorted()
        self.secretFingerprint = secretFingerprint
    }
}
