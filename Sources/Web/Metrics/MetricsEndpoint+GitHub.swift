import Foundation
import GitHub
import Model
import Store

extension MetricsEndpoint {
    /// The admin repository, and how far GitHub is as it declares.
    func configuration(_ figures: StoreFigures) async throws -> [MetricFamily] {
        let (received, decided) = (await ledger.received, await ledger.decided)
        let applied = try await store.appliedConfigRevision()?.appliedAt?.timeIntervalSince1970
        let isWrong = try await store.latestConfigRevision()?.error != nil
        let fullPass = try await store.lastFullPass()
        return [
            .counter(
                "kozmic_deliveries_received_total", "Webhook deliveries since the server started.", Double(received)),
            .labelled(
                .counter, "kozmic_deliveries_decided_total", "What became of deliveries since the server started.",
                by: "result", StoreFigures.EndedDelivery.allCases.map { ($0.rawValue, Double(decided[$0] ?? 0)) }),
            .labelled(
                .gauge, "kozmic_projects", "Declared projects by condition.", by: "condition",
                [ProjectCondition.Status.ready, .reconciling, .stalled].map {
                    ($0.rawValue, Double(figures.projects[$0] ?? 0))
                }),
            .gauge(
                "kozmic_drift_differences", "Differences from what is declared that nobody asked for.",
                Double(figures.openDrift)),
            .gauge(
                "kozmic_config_broken_files", "Files with errors in the newest revision of the admin repository.",
                Double(figures.brokenFiles)),
            .gauge(
                "kozmic_projects_kept", "Projects whose file has errors, so that what was declared before holds.",
                Double(figures.keptProjects)),
            .gauge(
                "kozmic_config_held",
                "1 when the newest revision is held: it removes much, or is not signed by an allowed key.",
                figures.isRevisionHeld ? 1 : 0),
            .gauge(
                "kozmic_config_applied_timestamp_seconds",
                "When a revision of the admin repository was applied last, in seconds since 1970.", applied),
            .gauge(
                "kozmic_config_trouble",
                "1 when the admin repository cannot be read or its newest revision is not applied.",
                isWrong ? 1 : 0),
            .gauge(
                "kozmic_full_pass_seconds", "How long the latest look at all projects on GitHub took.",
                fullPass?.seconds),
            .gauge(
                "kozmic_full_pass_projects", "How many projects that look was at.",
                (fullPass?.projects).map(Double.init)),
            .gauge(
                "kozmic_full_pass_ended_timestamp_seconds", "When that look ended, in seconds since 1970.",
                fullPass?.endedAt.timeIntervalSince1970.rounded()),
        ]
    }

    /// What GitHub still lets us ask.
    func gitHub(_ quotas: [GitHubQuota]) -> [MetricFamily] {
        func each(_ name: String, _ help: String, _ value: (GitHubQuota) -> Double?) -> MetricFamily {
            .labelled(.gauge, name, help, by: "identity", quotas.map { ($0.identity, value($0)) })
        }
        let requests = quotas.flatMap { quota in
            [("unchanged", quota.unchanged), ("other", quota.requests - quota.unchanged)].map { result, count in
                MetricFamily.Sample(
                    labels: [("identity", quota.identity), ("result", result)], value: Double(max(0, count)))
            }
        }
        return [
            each("kozmic_github_quota_limit", "Requests that GitHub allows in an hour.") { $0.limit.map(Double.init) },
            each("kozmic_github_quota_remaining", "What is left of them.") { $0.remaining.map(Double.init) },
            each("kozmic_github_quota_reset_timestamp_seconds", "When the hour ends, in seconds since 1970.") {
                $0.resetsAt?.timeIntervalSince1970.rounded()
            },
            each(
                "kozmic_github_closed_until_timestamp_seconds",
                "Until when GitHub wants no requests, in seconds since 1970; 0 when it takes them."
            ) { $0.closedUntil?.timeIntervalSince1970.rounded() ?? 0 },
            each("kozmic_github_requests_waiting", "Requests that wait for their turn.") { Double($0.waiting) },
            each("kozmic_github_writes_in_hour", "Writes in the last hour.") { Double($0.writesInHour) },
            MetricFamily(
                name: "kozmic_github_requests_total",
                help: "Requests to GitHub; those answered with \"unchanged\" cost no quota.", kind: .counter,
                samples: requests),
        ]
    }
}
