import Foundation
import GitHub

/// What GitHub still lets the server ask, as a page shows it.
enum QuotaValues {
    static func make(_ quota: GitHubQuota) -> PageValues {
        let left = quota.remaining.map { remaining in
            "\(Count.digits(remaining))\(quota.limit.map { " of \(Count.digits($0))" } ?? "") requests left"
        }
        let cached =
            quota.requests > 0 ? "\(quota.unchanged * 100 / quota.requests) % of all requests cost nothing" : nil
        return [
            "identity": quota.identity, "left": left ?? "not known yet", "share": share(quota),
            "resetsAt": Moment.html(quota.resetsAt),
            "closedUntil": quota.closedUntil.map(Self.time),
            "waiting": quota.waiting > 0 ? "\(Count.text(quota.waiting, "request")) in the queue" : nil,
            "writes": "\(Count.text(quota.writesInHour, "write")) in the last hour", "cached": cached,
        ]
    }

    /// How much of a hundred is left, as text: a bar of no length is one, too.
    private static func share(_ quota: GitHubQuota) -> String? {
        guard let remaining = quota.remaining, let limit = quota.limit, limit > 0 else { return nil }
        return "\(min(100, max(0, remaining * 100 / limit)))"
    }

    private static func time(_ date: Date) -> String { date.formatted(.iso8601) }
}
