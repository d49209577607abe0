import Foundation
import Model
import Synchronization
import Testing

@testable import Store
@testable import Web

@Suite("Query plans of all pages")
struct PagePlanTests {
    /// Small by nature, or made by the statement itself; and indexes that hold only what is open.
    private static let allowed = [
        #"^SCAN (project|json_each|configRevision|configProblem|serverSettings|adminWebhook|pendingPlan|fullPass)\b"#,
        #"^SCAN sqlite_master\b"#,
        #"^SCAN (CONSTANT ROW|asked|commits|oldest|next|known|alike|\(|\d+ CONSTANT ROW)"#,
        #"^SCAN \S+ USING (COVERING )?INDEX (job_queued|job_running|job_kept|delivery_received|delivery_waiting)\b"#,
        #"^SCAN \S+ USING (COVERING )?INDEX (status_due|drift_open|build_open|configFile_wanted)\b"#,
    ]

    @Test("no page that can be reached by a link reads a table from end to end")
    func pages() async throws {
        let statements = Statements()
        try await Site.with(showsPrivate: true, trace: { statements.add($0) }) { site in
            try await site.fillGallery()
            let mona = try await site.signIn(7, "mona")
            let job = "/acme/widget/builds/22/jobs/tests"
            var waiting = [
                "/", "/?sort=state", "/?q=widget", "/?page=2", "/_account", "/_sync", "/_deliveries", "/_metrics",
                "/_health/ready", "/acme/widget/feed.atom", "/acme/widget/feed.atom?ref=main",
                "/acme/widget/builds?before=9", "/acme/widget/builds?ref=main&before=9", "/_badges/acme/widget.svg",
                "/_badges/acme/widget.svg?ref=main&hook=tests", "\(job)/log", "\(job)/log/lines?from=0&count=10",
                "\(job)/log/search?q=line", "/acme/nothing", "/acme/widget/builds/999",
            ]
            var seen = Set(waiting)
            var found = 0
            statements.start()
            while let path = waiting.popLast(), seen.count < 400 {
                let answer = try await site.client.get(path, mona.headers)
                #expect(answer.status < 500, "\(path)")
                guard answer.status == 200, answer.headers["content-type"]?.hasPrefix("text/html") == true else {
                    continue
                }
                found += 1
                for match in answer.text.matches(of: #/href="(\/[^"]*)"/#) {
                    let link = match.output.1.replacing("&amp;", with: "&").split(separator: "#").first.map(String.init)
                    guard let link, !link.hasPrefix("/_assets/"), seen.insert(link).inserted else { continue }
                    waiting.append(link)
                }
            }
            #expect(found > 30)
            let selects = Set(statements.stop().filter { $0.hasPrefix("SELECT") || $0.hasPrefix("WITH") })
            #expect(selects.count > 30)
            for sql in selects {
                for row in try await site.store.database.query("EXPLAIN QUERY PLAN \(sql)") where row.contains("SCAN") {
                    let step = row.split(separator: "|").last.map(String.init) ?? row
                    let isAllowed = Self.allowed.contains { step.range(of: $0, options: .regularExpression) != nil }
                    #expect(isAllowed, "\(step) in \(sql)")
                }
            }
        }
    }
}

/// Collects the statements that SQLite runs.
private final class Statements: Sendable {
    private let texts = Mutex<[String]?>(nil)

    func add(_ sql: String) { texts.withLock { $0?.append(sql) } }

    func start() { texts.withLock { $0 = [] } }

    func stop() -> [String] {
        texts.withLock { texts in
            defer { texts = nil }
            return texts ?? []
        }
    }
}
