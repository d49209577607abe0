import Model

/// One step towards what is declared. It may be applied twice.
public enum Operation: Sendable, Hashable, Codable, CustomStringConvertible {
    /// A webhook of a hook.
    case webhook(WebhookOperation)
    /// The key that git reads a private repository with.
    case deployKey(DeployKeyOperation)
    /// Somebody's, or a team's, access.
    case permission(PermissionOperation)

    /// What stands or falls together: trouble with one part does not hold up another.
    public enum Part: String, Sendable, Hashable, Codable, CaseIterable {
        case webhooks, deployKey, permissions
    }

    /// The part that it belongs to.
    public var part: Part {
        switch self {
        case .webhook: .webhooks
        case .deployKey: .deployKey
        case .permission: .permissions
        }
    }

    /// The hook whose webhook it makes or changes; `nil` for all else, a webhook that no hook needs included.
    public var hook: HookID? {
        switch self {
        case .webhook(.create(let webhook)), .webhook(.update(_, let webhook, _)): webhook.hook
        case .webhook(.delete), .deployKey, .permission: nil
        }
    }

    /// What it does, in one shape for all.
    public var change: Change {
        switch self {
        case .webhook(let operation): operation.change
        case .deployKey(let operation): operation.change
        case .permission(let operation): operation.change
        }
    }

    /// The line of a diff.
    public var description: String { change.description }
}
