import Foundation

extension World {
    /// The first fault that matches this request, counted down.
    func takeFault(method: String, path: String) -> Fault? {
        takeFault { $0.matches(method: method, path: path) }
    }

    /// The first fault that matches this delivery, counted down.
    func takeFault(event: String, repository: String, hook: Int64) -> Fault? {
        takeFault { $0.matches(event: event, repository: repository, hook: hook) }
    }

    private func takeFault(_ matches: (Fault) -> Bool) -> Fault? {
        guard let position = faults.firstIndex(where: { $0.remaining != 0 && matches($0) }) else { return nil }
        faults[position].hits += 1
        if faults[position].remaining > 0 { faults[position].remaining -= 1 }
        return faults[position]
    }

    func record(
        kind: String, method: String, path: String, query: String, user: String?, status: Int, isCounted: Bool
    ) {
        requests.append(
            RecordedRequest(
                id: nextRequestID(), time: Date(), kind: kind, method: method, path: path, query: query, user: user,
                status: status, isCounted: isCounted))
        if requests.count > Self.memory { requests.removeFirst(requests.count - Self.memory) }
    }

    /// The quota of a user (`nil`: of requests without a token), renewed when its hour is over.
    func quota(of account: Account?) -> Quota {
        let key = account?.key ?? ""
        if let quota = quotas[key], quota.resetsAt > Date() { return quota }
        let quota = Quota(limit: account == nil ? 60 : 5000, resetsAt: Date(timeIntervalSinceNow: 3600))
        quotas[key] = quota
        return quota
    }

    func spendQuota(of account: Account?) -> Quota {
        var quota = quota(of: account)
        quota.used += 1
        quotas[account?.key ?? ""] = quota
        return quota
    }
}
