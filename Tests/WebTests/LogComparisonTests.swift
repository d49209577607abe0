import Foundation
import Model
import Store
import Testing

@testable import Web

@Suite("What is new in a log since the last green one")
struct LogComparisonTests {
    private static let page = "/acme/widget/builds/2/jobs/tests"
    private static let red = JobOutcome(state: .failure, exitCode: 1, reason: "it broke")
    private static let green = """
        2026-11-29T04:00:01Z in /tmp/build.one
        compiling a.c
        compiling b.c
        12 tests passed in 1.23 s
        """

    private func widget(_ site: Site) async throws -> ProjectRecord {
        try await site.declare([try Site.project("acme/widget")])[0]
    }

    private func find(
        _ site: Site, _ build: Int, _ query: String = "", as login: String? = nil
    ) async throws -> LogComparisonDocument {
        let path = "/projects/acme/widget/builds/\(build)/jobs/tests/log/compare\(query)"
        return try await site.api(LogComparisonDocument.self, path, as: login)
    }

    @Test("the page of a failed job leads to what is new, with the numbers of both logs, and hostile text is text")
    func page() async throws {
        try await Site.with { site in
            let project = try await widget(site)
            try await site.build(project, "Good")
            try await site.run(log: Self.green)
            let passed = try await site.client.get("/acme/widget/builds/1/jobs/tests").text
            #expect(!passed.contains("last green log"))
            try await site.build(project, "Bad")
            let log = """
                2026-11-30T04:00:02Z in /tmp/build.two
                compiling a.c
                \u{1B}[31merror: <script>alert(1)</script>\u{1B}[0m \u{202E}
                compiling b.c
                """
            try await site.run(Self.red, log: log)
            let job = try await site.client.get(Self.page).text
            #expect(
                job.contains(
                    "<a href=\"\(Self.page)/log/compare?attempt=1#first\">Compare with the last green log (#1)</a>"))
            let answer = try await site.client.get("\(Self.page)/log/compare?attempt=1")
            let html = answer.text
            #expect(answer.status == 200)
            #expect(html.contains("1 line new and 1 line gone; times, ids and the like do not count."))
            #expect(
                html.contains("the last green log, <a href=\"/acme/widget/builds/1/jobs/tests?attempt=1\">#1 Good</a>"))
            let (old, new) = ("/acme/widget/builds/1/jobs/tests?attempt=1", "\(Self.page)?attempt=1")
            let rows = [
                """
                <div class="ln"><a href="\(old)#L2" data-n="2" aria-label="build #1, line 2"></a>\
                <a href="\(new)#L2" data-n="2" aria-label="line 2"></a><span>  compiling a.c</span></div>
                """,
                """
                <div class="ln bad"><a></a><a href="\(new)#L3" data-n="3" aria-label="line 3"></a>\
                <span>+ <span class="f1">error: &lt;script&gt;alert(1)&lt;/script&gt;</span> [U+202E]</span></div>
                """,
                """
                <div class="ln"><a href="\(old)#L3" data-n="3" aria-label="build #1, line 3"></a>\
                <a href="\(new)#L4" data-n="4" aria-label="line 4"></a><span>  compiling b.c</span></div>
                <div class="ln"><a href="\(old)#L4" data-n="4" aria-label="build #1, line 4"></a><a></a>\
                <span class="cut">- 12 tests passed in 1.23 s</span></div>
                """,
            ]
            for row in rows { #expect(html.contains(row), "\(row)") }
            // What is the same but for its time stands there as it was written.
            #expect(html.contains("<span>  2026-11-30T04:00:02Z in /tmp/build.two</span>"))
            #expect(html.components(separatedBy: "id=\"first\"").count == 2)
            for sign in ["<script>alert", "\u{1B}", "\u{202E}", " style=", "nil", "log.js"] {
                #expect(!html.contains(sign), "\(sign.debugDescription)")
            }
        }
    }

    @Test("programs get the lines as they were written")
    func document() async throws {
        try await Site.with { site in
            let project = try await widget(site)
            try await site.build(project, "Good")
            try await site.run(log: Self.green)
            try await site.build(project, "Bad")
            try await site.run(Self.red, log: "2026-11-30T04:00:02Z in /tmp/build.two\n\u{1B}[31mred\u{1B}[0m\n")
            let found = try await find(site, 2)
            #expect(found.log.build == 2 && found.with.build == 1 && found.with.refName == "main")
            #expect(found.log.state == "failure" && found.with.state == "success" && found.section == "build")
            #expect(found.page == "http://ci.example.org\(Self.page)/log/compare?attempt=1&with=1")
            #expect((found.new, found.gone, found.moved) == (1, 3, 0) && !found.isEqual && !found.isCoarse)
            #expect((found.leftOut, found.oldLeftOut, found.more) == (0, 0, 0))
            let lines = try #require(found.hunks.first).lines
            #expect(found.hunks.count == 1 && lines.map(\.change) == ["same", "gone", "gone", "gone", "new"])
            #expect(lines.map(\.line) == [1, nil, nil, nil, 2] && lines.map(\.oldLine) == [1, 2, 3, 4, nil])
            #expect(lines.first?.text == "2026-11-30T04:00:02Z in /tmp/build.two")
            #expect(lines.last?.text == "\u{1B}[31mred\u{1B}[0m" && lines.allSatisfy { $0.count == nil })
        }
    }

    @Test("the same but for times and the order of lines is the same, and that is said")
    func equal() async throws {
        try await Site.with { site in
            let project = try await widget(site)
            try await site.build(project, "1")
            try await site.run(log: Self.green)
            for (number, log) in [
                "2026-11-30T05:06:07Z in /tmp/build.x\ncompiling a.c\ncompiling b.c\n12 tests passed in 99 s\n",
                "2026-11-30T05:06:07Z in /tmp/build.x\ncompiling b.c\ncompiling a.c\n12 tests passed in 99 s\n",
            ].enumerated() {
                try await site.build(project, "red \(number)")
                try await site.run(Self.red, log: log)
                let found = try await find(site, number + 2)
                #expect(found.isEqual && found.hunks.isEmpty && found.moved == number && found.with.build == 1)
                let html = try await site.client.get("/acme/widget/builds/\(number + 2)/jobs/tests/log/compare").text
                let words = "Nothing differs but times, ids and the like"
                #expect(html.contains(number == 0 ? "\(words)." : "\(words), and the order of 1 line."))
                #expect(!html.contains("class=\"ln"))
            }
        }
    }

    @Test("the last green log is of the same branch, or else of the default branch; another build can be named")
    func choice() async throws {
        try await Site.with { site in
            let project = try await widget(site)
            func run(_ branch: String, _ outcome: JobOutcome, log: String = "a\n") async throws {
                let number = try await site.store.latestBuild(project.id)?.number ?? 0
                try await site.build(project, "Change \(number + 1)", ref: .branch(branch))
                try await site.run(outcome, log: log)
            }
            try await run("main", .success)
            try await run("topic", .success)
            try await run("main", .success)
            try await run("topic", Self.red, log: "b\n")
            try await run("new", Self.red, log: "b\n")
            try await run("main", .success)
            #expect(try await find(site, 4).with.build == 2)
            #expect(try await find(site, 5).with.build == 3)
            #expect(try await site.client.get("/acme/widget/builds/5/jobs/tests").text.contains("green log (#3)"))
            #expect(try await find(site, 5, "?with=6").with.build == 6)
            let named = try await find(site, 5, "?with=4")
            #expect(named.with.build == 4 && named.with.state == "failure" && named.isEqual)
            let page = try await site.client.get("/acme/widget/builds/5/jobs/tests/log/compare?with=4").text
            #expect(page.contains("with the log of <a href=\"/acme/widget/builds/4/jobs/tests?attempt=1\">#4"))
            for wrong in ["99", "x", "-1"] {
                let path = "acme/widget/builds/5/jobs/tests/log/compare?with=\(wrong)"
                #expect(try await site.client.get("/\(path)").status == 404, "\(wrong)")
                #expect(try await site.api("/projects/\(path)").status == 404, "\(wrong)")
            }
            // A rerun of what was green: its first attempt is nearest.
            let green = try #require(try await site.store.build(project.id, number: 6))
            _ = try await site.store.rerun(green.id, Site.hook("tests"))
            try await site.run(Self.red, log: "c\n")
            let again = try await find(site, 6)
            #expect(again.with.build == 6 && again.with.attempt == 1 && again.log.attempt == 2)
        }
    }

    @Test("where there is nothing to compare with, that is said: no green build, deleted logs, no log")
    func nothing() async throws {
        try await Site.with { site in
            let project = try await widget(site)
            func problem(_ build: Int, _ query: String = "") async throws -> String {
                let answer = try await site.api("/projects/acme/widget/builds/\(build)/jobs/tests/log/compare\(query)")
                #expect(answer.status == 404)
                let problem = try JSONDecoder().decode(APIProblem.self, from: Data(answer.body))
                #expect(problem.error == "nothing_to_compare" && !problem.wayOut.isEmpty)
                let page = try await site.client.get("/acme/widget/builds/\(build)/jobs/tests/log/compare\(query)")
                #expect(page.status == 200 && page.text.contains(HTMLText.escape(problem.message)))
                return problem.message
            }
            try await site.build(project, "1", ref: .branch("topic"))
            try await site.run(Self.red, log: "a\n")
            #expect(try await problem(1) == "No earlier build on topic or main is there in which tests passed.")
            let wayOut = ComparisonFinder.Nothing(message: "").wayOut
            #expect(wayOut.contains("--with 12"), "kozmic log-diff prints it, too")
            #expect(try await problem(1, "?with=1") == "Build #1 has no other job of tests.")
            #expect(try await !site.client.get("/acme/widget/builds/1/jobs/tests").text.contains("green log"))

            var greens: [JobRecord] = []
            for number in 2...3 {
                try await site.build(project, "\(number)")
                greens.append(try await site.run(log: "a\n"))
            }
            try await site.build(project, "4")
            try await site.run(Self.red, log: "a\nb\n")
            #expect(try await find(site, 4).with.build == 3)
            try await site.store.deleteLog(greens[1].id, by: "mona")
            #expect(try await find(site, 4).with.build == 2)
            let named = try await site.client.get("/acme/widget/builds/4/jobs/tests/log/compare?with=3")
            #expect(named.status == 410 && named.text.contains("was deleted by mona on 20"))
            try await site.store.deleteLog(greens[0].id, by: "mona")
            #expect(
                try await problem(4).hasPrefix(
                    "The log of tests in build #3, the last one that passed, was deleted by mona on 20"))
            #expect(try await !site.client.get("/acme/widget/builds/4/jobs/tests").text.contains("green log"))

            try await site.build(project, "5")
            try await site.run(JobOutcome(state: .error, reason: "no engine"))
            #expect(try await problem(5) == "tests wrote no log in build #5.")
        }
    }

    @Test("who may not read the log may not compare it, on the page and in the API")
    func rights() async throws {
        let office = TokenOffice()
        try await Site.with(adminRepository: "acme/config", account: office.account) { site in
            let project = try await site.declare([try Site.project("acme/secret-one")])[0]
            for outcome in [JobOutcome.success, Self.red] {
                try await site.build(project, outcome.state.rawValue)
                try await site.run(outcome, log: "the launch code is \(outcome.state == .success ? "0000" : "1234")\n")
            }
            try await site.store.saveRoles(
                project.id, [RoleRecord(personID: 1, login: "member", level: .pull)], fulfils: 0)
            try await site.store.saveAdminReaders(
                try Site.repository("acme/config"), [RoleRecord(personID: 4, login: "reader", level: .pull)],
                fulfils: 0)
            let people = [
                nil, try await site.signIn(1, "member"), try await site.signIn(4, "reader"),
                try await site.signIn(9, "outsider"),
            ]
            for query in ["", "?with=1"] {
                let path = "/acme/secret-one/builds/2/jobs/tests/log/compare\(query)"
                for (person, mayRead) in zip(people, [false, true, false, false]) {
                    for address in [path, "/_api/v1/projects\(path)"] {
                        let answer = try await site.client.get(address, person?.headers ?? [:])
                        #expect(answer.status == (mayRead ? 200 : 404), "\(address)")
                        #expect(answer.text.contains("launch code") == mayRead, "\(address)")
                    }
                }
                #expect(try await site.api("/projects\(path)", as: "member").status == 200)
                #expect(try await site.api("/projects\(path)", as: "reader").status == 404)
                #expect(try await site.api("/projects\(path)").status == 404)
            }
        }
    }

    @Test("compared is the script that the job got to; an install script that failed with the last one that had to run")
    func sections() async throws {
        try await Site.with { site in
            let project = try await widget(site)
            func run(
                _ outcome: JobOutcome, _ pieces: [(section: UInt8, text: String)], phase: JobPhase? = nil,
                reused: Bool? = nil
            ) async throws {
                let number = try await site.store.latestBuild(project.id)?.number ?? 0
                try await site.build(project, "Change \(number + 1)")
                let job = try #require(try await site.store.claimNextJob()).job
                try await site.store.recordProgress(job.id, phase: phase, reused: reused)
                let writer = try await site.store.logs.writer(job.id)
                for piece in pieces {
                    try await writer.append(section: piece.section, source: 1, Array(piece.text.utf8))
                    try await writer.flush()
                }
                try await writer.close()
                try await site.store.finishJob(job.id, outcome)
            }
            let ended: (UInt8, String) = (0, "Build script failed\n")
            try await run(
                .success, [(0, "Pulling\n"), (1, "fetch a\nfetch b\n"), (0, "x\n"), (2, "ok\n")], reused: false)
            try await run(.success, [(0, "Cached\n"), (2, "ok\n")], phase: .building, reused: true)
            // The install script went well, so nothing of it is compared.
            try await run(Self.red, [(0, "Pulling\n"), (1, "fetch c\n"), (0, "x\n"), (2, "ok\nboom\n"), ended])
            let build = try await find(site, 3)
            #expect(build.section == "build" && build.with.build == 2 && (build.new, build.gone) == (1, 0))
            #expect(build.hunks.first?.lines.map(\.line) == [4, 5] && build.hunks.first?.lines[0].oldLine == 2)

            try await run(
                Self.red, [(0, "Pulling\n"), (1, "fetch a\nno b\n"), ended], phase: .installing, reused: false)
            let install = try await find(site, 4)
            #expect(install.section == "install" && install.with.build == 1 && (install.new, install.gone) == (1, 1))
            #expect(try await site.client.get("/acme/widget/builds/4/jobs/tests").text.contains("green log (#1)"))
            let path = "/projects/acme/widget/builds/4/jobs/tests/log/compare?with=2"
            #expect(try await site.api(path).text.contains("did not run in build #2"))

            try await run(JobOutcome(state: .error, reason: "no"), [(0, "Pulling\ndenied\n")])
            let prepare = try await find(site, 5)
            #expect(prepare.section == "prepare" && prepare.with.build == 2 && (prepare.new, prepare.gone) == (2, 1))
        }
    }

    @Test("what is shown has its bounds, and of a very long line is said once what is left out")
    func bounds() async throws {
        try await Site.with { site in
            let project = try await widget(site)
            let lines = (1...2_000).map { "line number \($0) of it\n" }
            try await site.build(project, "1")
            let green = try await site.run(log: lines.joined())
            try await site.build(project, "2")
            let long = String(repeating: "x", count: 20_000)
            let red = try await site.run(
                Self.red, log: long + "\n" + lines.map { "\($0)and \($0)" }.joined())
            let indexes = LogIndexes(site.store.logs)
            func side(_ job: JobRecord) async throws -> LogComparer.Side {
                let index = indexes.index(of: job.id)
                let size = try await index.update().size
                return LogComparer.Side(log: site.store.logs.reader(job.id), index: index, range: 0..<size)
            }
            var limits = LogComparer.Limits()
            limits.shownBytes = 20_000
            let found = try await LogComparer(old: side(green), new: side(red), limits: limits).compare()
            let rows = found.hunks.flatMap(\.self)
            #expect(found.newCount == 2_001 && found.laterHunks > 0)
            #expect(rows.count <= 200 && rows.map(\.line) == (1...max(1, rows.count)).map(Optional.some))
            let html = try await site.client.get("\(Self.page)/log/compare").text
            #expect(html.components(separatedBy: "more bytes in the raw log").count == 2)
            #expect(html.components(separatedBy: "<div class=\"ln").count < 2_000)
        }
    }

    @Test("of long logs the beginning and the end are compared, and the numbers are those of the log")
    func long() async throws {
        try await Site.with { site in
            let project = try await widget(site)
            func lines(_ name: String) -> String { (1...5_000).map { "\(name) line number \($0) of it\n" }.joined() }
            try await site.build(project, "1")
            let green = try await site.run(log: lines("this"))
            try await site.build(project, "2")
            let red = try await site.run(Self.red, log: "first\n" + lines("this") + "boom\n")
            let indexes = LogIndexes(site.store.logs)
            func side(_ job: JobRecord) async throws -> LogComparer.Side {
                let index = indexes.index(of: job.id)
                let size = try await index.update().size
                return LogComparer.Side(log: site.store.logs.reader(job.id), index: index, range: 0..<size)
            }
            var limits = LogComparer.Limits()
            limits.bytes = 40_000
            for most in [10_000, 400] {
                limits.lines = most
                let found = try await LogComparer(old: side(green), new: side(red), limits: limits).compare()
                #expect(found.omittedNew > 3_000 && found.omittedOld > 3_000)
                let rows = found.hunks.flatMap(\.self)
                let new = rows.filter { $0.change == .new && $0.omitted == 0 }
                #expect(new.first?.line == 1 && new.first.flatMap { $0.text?.html } == "first")
                #expect(new.last?.line == 5_002 && new.last.flatMap { $0.text?.html } == "boom")
                // Whatever is shown stands where its number says.
                for row in rows where row.omitted == 0 {
                    guard let line = row.line, (2...5_001).contains(line) else { continue }
                    #expect(row.text?.html == "this line number \(line - 1) of it")
                }
                #expect(!ComparisonWords.notes(found).isEmpty)
            }
            limits = LogComparer.Limits()
            let whole = try await LogComparer(old: side(green), new: side(red), limits: limits).compare()
            #expect((whole.newCount, whole.goneCount, whole.movedCount) == (2, 0, 0) && whole.omittedNew == 0)
            #expect(whole.hunks.count == 2 && ComparisonWords.notes(whole).isEmpty)
            limits.hunks.rows = 1
            let short = try await LogComparer(old: side(green), new: side(red), limits: limits).compare()
            #expect(
                short.hunks.count == 1
                    && ComparisonWords.notes(short) == ["1 more difference below the last one shown."])
        }
    }
}
