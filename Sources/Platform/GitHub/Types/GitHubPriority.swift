/// Who goes first when GitHub's limits make requests wait.
public enum GitHubPriority: Int, Sendable, Hashable, CaseIterable, Comparable {
    /// Commit statuses: people wait for them.
    case status
    /// What makes GitHub agree with a changed configuration: webhooks, keys, permissions.
    case change
    /// Looking whether something changed or was missed.
    case audit

    /// The more urgent one is the smaller one.
    public static func < (left: GitHubPriority, right: GitHubPriority) -> Bool { left.rawValue < right.rawValue }

    /// Of each limit, as much as requests of this priority may use up. The rest is kept for those that are more urgent:
    /// the first synchronisation of thousands of webhooks must not make a commit status wait for an hour.
    var percent: Int {
        switch self {
        case .status: 100
        case .change: 90
        case .audit: 80
        }
    }
}
