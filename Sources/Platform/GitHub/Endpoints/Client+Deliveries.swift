import Foundation

extension GitHubClient {
    /// `GET /repos/O/R/hooks/ID/deliveries`, newest first.
    ///
    /// - Parameter since: older ones are not read. GitHub can repeat those of the last three days.
    public func hookDeliveries(
        _ repository: String, _ hook: Int64, since: Date
    ) async throws(GitHubError) -> [GitHubDelivery] {
        let path = try GitHubRequest.path(repository, "hooks", "\(hook)", "deliveries")
        let all: [GitHubDelivery] = try await list(path) { page in page.last.map { $0.deliveredAt >= since } ?? false }
        return all.filter { $0.deliveredAt >= since }
    }

    /// `POST /repos/O/R/hooks/ID/deliveries/ID/attempts`: GitHub sends it again, with the same GUID.
    public func redeliver(_ repository: String, _ hook: Int64, _ delivery: Int64) async throws(GitHubError) {
        let path = try GitHubRequest.path(repository, "hooks", "\(hook)", "deliveries", "\(delivery)", "attempts")
        _ = try await send(GitHubRequest("POST", path))
    }
}
