import Foundation
import Model
import Store
import Testing

@testable import Web

@Suite struct MetricsTests {
    @Test("the figures follow the store, name no project, and are text that Prometheus reads")
    func figures() async throws {
        try await Site.with { site in
            let project = try await site.declare([
                try Site.project("acme/widget", hooks: ["style", "tests"]), try Site.project("acme/secret-gear"),
            ])[0]
            let before = try await Exposition(site.client.get("/_metrics"))
            #expect(before["kozmic_projects{condition=\"ready\"}"] == 2)
            #expect(before["kozmic_jobs_total{state=\"success\"}"] == 0)
            try await site.build(project)
            try await site.run(.success, seconds: 20)
            try await site.run(JobOutcome(state: .failure, exitCode: 1), seconds: 70)
            try await site.build(project, "Another")
            _ = try #require(try await site.store.claimNextJob())
            let guid = UUID().uuidString
            _ = try await site.store.inbox.store(
                NewDelivery(
                    repository: project.repository, hook: try Site.hook("tests"), guid: guid, event: "push",
                    payload: []))
            var now = try await Exposition(site.client.get("/_metrics"))
            #expect(now["kozmic_jobs_queued"] == 1)
            #expect(now["kozmic_jobs_running"] == 1)
            #expect(now["kozmic_jobs_total{state=\"success\"}"] == 1)
            #expect(now["kozmic_jobs_total{state=\"failure\"}"] == 1)
            #expect(now["kozmic_job_duration_seconds_bucket{le=\"15\"}"] == 0)
            #expect(now["kozmic_job_duration_seconds_bucket{le=\"60\"}"] == 1)
            #expect(now["kozmic_job_duration_seconds_bucket{le=\"+Inf\"}"] == 2)
            #expect(now["kozmic_job_duration_seconds_sum"] == 90)
            #expect(now["kozmic_deliveries_waiting"] == 1)
            #expect(now["kozmic_deliveries_received_total"] == 1)
            #expect(now["kozmic_build_info{version=\"1.2.3\"}"] == 1)
            #expect((now["process_resident_memory_bytes"] ?? 0) > 1_000_000.0)
            #expect(now.text.contains("acme") == false)

            let delivery = try #require(try await site.store.pendingDeliveries(limit: 1).first).delivery
            _ = try await site.store.finishDelivery(delivery.id, decision: "nothing", failed: false, build: nil)
            now = try await Exposition(site.client.get("/_metrics"))
            #expect(now["kozmic_deliveries_waiting"] == 0)
            #expect(now["kozmic_deliveries_decided_total{result=\"nothing\"}"] == 1)
            #expect(now["kozmic_jobs_total{state=\"success\"}"] == 1, "counted once")

            #expect(now["kozmic_config_broken_files"] == 0 && now["kozmic_config_held"] == 0)
            #expect(now["kozmic_projects_kept"] == 0)
            var desired = DesiredState(projects: [])
            desired.broken = [project.repository, try Site.repository("acme/secret-gear")]
            let diagnostics = #"[{"path":"x.yaml","line":1,"column":1,"severity":"error","message":"no"}]"#
            try await site.store.applyConfig(
                desired,
                revision: ConfigRevision(
                    commit: "c2", authorName: "Mona", committedAt: site.clock.now, message: "Oops",
                    diagnosticsJSON: diagnostics))
            try await site.store.saveRevision(
                ConfigRevision(
                    commit: "c3", authorName: "Mona", committedAt: site.clock.now, message: "Oops",
                    diagnosticsJSON: diagnostics, error: "held"))
            now = try await Exposition(site.client.get("/_metrics"))
            #expect(now["kozmic_config_broken_files"] == 1 && now["kozmic_config_held"] == 1)
            #expect(now["kozmic_projects_kept"] == 2)
            #expect(now.text.contains("acme") == false)
        }
    }

    @Test("the figures are those that the README tells of")
    func documented() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Web/README.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix("Metrics\n") })
        let told = Set(section.matches(of: #/`((?:kozmic|process)_[a-z_]+)`/#).map { String($0.output.1) })
        try await Site.with { site in
            let endpoint = MetricsEndpoint(
                store: site.store, ledger: MetricsLedger(store: site.store), lag: LoopLag(), sources: MetricsSources(),
                version: "1")
            let names = Set(try await endpoint.families().map(\.name))
            #expect(names.subtracting(told) == [], "not in the README")
            #expect(told.subtracting(names) == [], "not in the server")
        }
    }

    @Test("what is not a number, and what has to be escaped")
    func text() {
        let family = MetricFamily.labelled(
            .gauge, "x", "A \\ and\na line", by: "label", [("a\"b\\c\nd", .infinity), ("e", 0.25), ("f", nil)])
        let lines = [
            #"# HELP x A \\ and\na line"#, "# TYPE x gauge", #"x{label="a\"b\\c\nd"} +Inf"#, #"x{label="e"} 0.25"#, "",
        ]
        #expect(PrometheusText.render([family]) == lines.joined(separator: "\n"))
    }
}

/// The answer, read as strictly as Prometheus reads it.
private struct Exposition {
    let text: String
    private var values: [String: Double] = [:]

    subscript(series: String) -> Double? { values[series] }

    init(_ answer: Client.Answer) throws {
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        text = answer.text
        #expect(text.hasSuffix("\n"))
        var family = (name: "", kind: "")
        var seen: Set<String> = []
        let name = #/[a-zA-Z_:][a-zA-Z0-9_:]*/#
        let sample = #/([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)+\})? (\S+)/#
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            if line.hasPrefix("# HELP ") {
                #expect(words.count == 4 && words[2].wholeMatch(of: name) != nil, "\(line)")
                #expect(seen.insert(words[2]).inserted, "\(words[2]) comes twice")
                family = (words[2], "")
            } else if line.hasPrefix("# TYPE ") {
                #expect(words[2] == family.name && ["gauge", "counter", "histogram"].contains(words[3]), "\(line)")
                family.kind = words[3]
                #expect(family.kind == "counter" ? family.name.hasSuffix("_total") : !family.name.hasSuffix("_total"))
            } else {
                let match = try #require(try sample.wholeMatch(in: line), "\(line)")
                let suffixes = family.kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
                #expect(suffixes.contains { family.name + $0 == match.1 }, "\(line)")
                let series = "\(match.1)\(match.2 ?? "")"
                let value = try #require(match.3 == "+Inf" ? .infinity : Double(match.3), "\(line)")
                #expect(values.updateValue(value, forKey: series) == nil, "\(series) comes twice")
            }
        }
    }
}
