import Model

/// One step towards the declared webhooks. It may be applied twice.
public enum WebhookOperation: Sendable, Hashable, Codable, CustomStringConvertible {
    /// A hook has no webhook.
    case create(DesiredWebhook)
    /// A webhook differs from what its hook needs; it keeps its number and its list of deliveries.
    case update(id: Int64, DesiredWebhook, changes: [FieldChange])
    /// A webhook of ours that no hook needs.
    case delete(id: Int64, url: String)

    /// The line of a diff.
    public var description: String {
        switch self {
        case .create(let webhook):
            "+ webhook \(webhook.hook): \(webhook.url) (\(webhook.events.joined(separator: ", ")))"
        case .update(let id, let webhook, let changes):
            "~ webhook \(webhook.hook) (\(id)): \(changes.map(\.description).joined(separator: "; "))"
        case .delete(let id, let url): "- webhook \(url) (\(id))"
        }
    }
}
