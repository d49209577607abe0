import Model

/// One step towards the declared webhooks. It may be applied twice.
public enum WebhookOperation: Sendable, Hashable, Codable, CustomStringConvertible {
    /// A hook has no webhook.
    case create(DesiredWebhook)
    /// A webhook differs from what its hook needs; it keeps its number and its list of deliveries.
    case update(id: Int64, DesiredWebhook, changes: [FieldChange])
    /// A webhook of ours that no hook needs.
    case delete(id: Int64, url: String)

    /// What it does, in the shape of all operations.
    public var change: Change {
        switch self {
        case .create(let webhook):
            Change(
                action: .create, kind: "webhook", name: "\(webhook.hook)",
                fields: [
                    FieldChange(field: "url", old: "", new: webhook.url),
                    FieldChange(field: "events", old: "", new: webhook.events.joined(separator: ", ")),
                ])
        case .update(let id, let webhook, let changes):
            Change(action: .update, kind: "webhook", name: "\(webhook.hook)", id: id, fields: changes)
        case .delete(let id, let url): Change(action: .delete, kind: "webhook", name: url, id: id, fields: [])
        }
    }

    /// The line of a diff.
    public var description: String { change.description }
}
