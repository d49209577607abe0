import Foundation
import Model
import Store
import Testing

@testable import Web

/// The pages that say why.
@Suite("Why")
struct WhyTests {
    private static let hostile = "<script>alert(1)</script>"

    @Test("a delivery's page names each hook, the rule and its line, linked to the admin repository at that commit")
    func delivery() async throws {
        try await Site.with(showsPrivate: true, adminRepository: "acme/ci") { site in
            var project = try Site.project("acme/widget", hooks: ["docs", "tests"])
            for index in project.hooks.indices {
                project.hooks[index].origin = HookOrigin(
                    file: "projects/acme/widget.yaml", line: 3 + index, rules: ["on.push": 7])
            }
            let record = try await site.declare([project])[0]
            let event = TriggerEvent(
                kind: .push, ref: .branch("main"), commit: Site.commit("a"), message: Self.hostile, authorName: "Mona")
            let (docs, tests) = (project.hooks[0], project.hooks[1])
            var explanation = DeliveryExplanation(event: event, configCommit: record.configCommit)
            let paths = HookMatch(docs, .paths(["src/a.c"], base: "the previous head"))
            explanation.hooks = [
                .init(docs, .skipped, [HookMatch(docs, event), paths]), .init(tests, .runs, [HookMatch(tests, event)]),
            ]
            _ = try await site.store.inbox.store(
                NewDelivery(
                    repository: record.repository, hook: tests.id, guid: "guid-1", event: "push",
                    payload: Array("{\"secret\":\"hunter2\"}".utf8)))
            let id = try #require(try await site.store.deliveries(limit: 1).first).id
            try await site.store.finishDelivery(id, decision: "tests runs", explanation: explanation)

            let list = try await site.client.get("/_deliveries").text
            #expect(list.contains("href=\"/_deliveries/\(id)\""))
            let page = try await site.client.get("/_deliveries/\(id)").text
            let place = "https://github.com/acme/ci/blob/\(record.configCommit)/projects/acme/widget.yaml#L7"
            #expect(page.contains("href=\"\(place)\""))
            #expect(page.contains("Skipped") && page.contains("Runs") && page.contains("docs"))
            #expect(page.contains("&lt;script&gt;") && !page.contains("hunter2") && !page.contains(Self.hostile))
            #expect(try await site.client.get("/_deliveries/99").status == 404)
            #expect(try await site.client.get("/_deliveries/x").status == 404)
        }
    }

    @Test("the settings link each value to its line; who wrote it is for those who know the project")
    func settings() async throws {
        for showsPrivate in [true, false] {
            try await Site.with(showsPrivate: showsPrivate, adminRepository: "acme/ci") { site in
                let record = try await site.declare([Site.project("acme/widget")])[0]
                let file = "projects/acme/widget.yaml"
                let values = [
                    ExplainedValue(
                        path: "hooks.tests.timeout", value: "20m", level: .hook,
                        place: ConfigPlace(file: file, line: 6),
                        overridden: [.init(value: "60m", level: .builtIn)]),
                    ExplainedValue(path: "hooks.tests.sudo", value: "true", level: .builtIn),
                    ExplainedValue(
                        path: "owner", value: Self.hostile, level: .project, place: ConfigPlace(file: file, line: 2)),
                ]
                try await site.store.saveProjectSettings([(record.repository, values)], commit: "c1")
                try await site.store.saveConfigFiles([file: "o"], areWanted: false)
                _ = try await site.client.get("/acme/widget/settings")
                #expect(try await site.store.wantedConfigHistories().isEmpty == !showsPrivate)
                try await site.store.saveConfigHistory(
                    file, object: "o",
                    FileHistory(
                        parts: [.init(firstLine: 1, lineCount: 9, change: 0)],
                        changes: [
                            ConfigChange(commit: "c0", author: "Ada", date: site.clock.now, subject: Self.hostile)
                        ]))
                let page = try await site.client.get("/acme/widget/settings").text
                #expect(page.contains("href=\"https://github.com/acme/ci/blob/c1/\(file)#L6\""))
                #expect(page.contains("instead of 60m (built in)") && page.contains("1 built in"))
                #expect(page.contains(">Ada</a>") == showsPrivate)
                #expect(!page.contains(Self.hostile))
            }
        }
    }

    @Test("who reads the admin repository may have a delivery decided again; nobody else, and not from another site")
    func again() async throws {
        try await Site.with(adminRepository: "acme/ci") { site in
            let record = try await site.declare([Site.project("acme/widget")])[0]
            try await site.store.saveAdminReaders(
                try Site.repository("acme/ci"), [RoleRecord(personID: 4, login: "reader", level: .pull)], fulfils: 0)
            let reader = try await site.signIn(4, "reader")
            _ = try await site.store.inbox.store(
                NewDelivery(
                    repository: record.repository, hook: record.config.hooks[0].id, guid: "guid-1", event: "push",
                    payload: Array("{}".utf8)))
            let id = try #require(try await site.store.deliveries(limit: 1).first).id
            try await site.store.finishDelivery(id, decision: "no hook runs")
            let path = "/_deliveries/\(id)/again"
            #expect(try await site.client.get("/_deliveries/\(id)", reader.headers).text.contains(path))
            #expect(try await site.post(path, as: nil).status == 404)
            let forged = try await site.client.send("POST", path, reader.headers, body: Array("csrf=x".utf8))
            #expect(forged.status == 403)
            #expect(try await site.store.pendingDeliveries(limit: 9).isEmpty)
            #expect(try await site.post(path, as: reader).status == 303)
            #expect(try await site.store.pendingDeliveries(limit: 9).map(\.delivery.id) == [id])
        }
    }

    @Test(
        "a diagnostic shows its line with a mark below the place, between its neighbours; a held commit says what it needs"
    )
    func sync() async throws {
        try await Site.with(showsPrivate: true, adminRepository: "acme/ci") { site in
            let diagnostics = """
                [{"path":"kozmic.yaml","line":12,"column":5,"severity":"error","message":"unknown key 'tiemout'",
                  "excerpt":{"text":"    tiemout: <b>","column":5}},
                 {"path":"kozmic.yaml","line":9,"column":2,"severity":"warning","message":"an empty name",
                  "excerpt":{"text":"a: b","column":2,"before":"<i>","after":""}}]
                """
            try await site.store.saveRevision(
                ConfigRevision(
                    commit: "bad1", authorName: "Mona", committedAt: site.clock.now, message: "Oops",
                    diagnosticsJSON: diagnostics,
                    error: "the commit bad1 is held: push a commit whose message has the line 'Kozmic-Allow-Prune: 7'"))
            let page = try await site.client.get("/_sync").text
            #expect(page.contains("1 error in the configuration; 0 of 0 projects are on GitHub as declared."))
            #expect(page.contains("12 | </span>    tiemout: &lt;b&gt;\n<b>         ^</b>"))
            #expect(page.contains("href=\"https://github.com/acme/ci/blob/bad1/kozmic.yaml#L12\""))
            // The numbers of three lines are as wide as the last one.
            #expect(
                page.contains(
                    " 8 | &lt;i&gt;\n</span><span class=\"quiet\"> 9 | </span>a: b\n<b>      ^</b><span class=\"quiet\">\n10 | </span>"
                ))
            #expect(page.contains("-m &#39;Kozmic-Allow-Prune: 7&#39;") || page.contains("-m 'Kozmic-Allow-Prune: 7'"))
        }
    }

    @Test("a project that failed says when it is tried again; one whose file has errors, that it stays as it was")
    func retries() async throws {
        try await Site.with(showsPrivate: true, adminRepository: "acme/ci") { site in
            let records = try await site.declare([Site.project("acme/gear"), Site.project("acme/widget")])
            let condition = ProjectCondition(status: .reconciling, reason: "GitHub has trouble", since: site.clock.now)
            let next = Date(timeIntervalSinceNow: 1000)
            try await site.store.setCondition(
                records[0].id, condition, configCommit: records[0].configCommit,
                retry: ProjectRetry(failures: 7, nextTryAt: next))
            var page = try await site.client.get("/_sync").text
            let exact = next.formatted(.iso8601)
            #expect(page.contains("Failed 7 times in a row; next try <time datetime=\"\(exact)\""))
            #expect(page.contains(">in 16 m "))
            #expect(!page.contains("Its file has errors"))
            let gear = try await sync(site)["acme/gear"]
            #expect(gear?.failures == 7 && gear?.nextTryAt == exact && gear?.keptSince == nil)
            var desired = DesiredState(projects: [records[0].config])
            desired.broken = [records[1].repository]
            try await site.store.applyConfig(
                desired,
                revision: ConfigRevision(
                    commit: "c2", authorName: "Mona", committedAt: site.clock.now, message: "Oops"))
            page = try await site.client.get("/_sync").text
            #expect(page.contains("Its file has errors; what was declared before holds"))
            let widget = try await sync(site)["acme/widget"]
            #expect(widget?.failures == nil && widget?.nextTryAt == nil && widget?.keptSince != nil)
        }
    }

    @Test("of many projects those that somebody should look at come first; the others are counted and can be found")
    func manyProjects() async throws {
        try await Site.with(showsPrivate: true) { site in
            #expect(try await site.client.get("/_sync").text.contains("None is declared yet."))
            try await site.fillCrowd(reason: Self.hostile)
            let names = (100..<230).map { "acme/p\($0)" }

            var page = try await site.client.get("/_sync").text
            #expect(page.contains("128 of 130 projects are on GitHub as declared."))
            #expect(page.contains("1 stalled</span>") && page.contains("128 ready</span>"))
            let first = Self.rows(page)
            #expect(Array(first.prefix(4)) == ["acme/p220", "acme/p150", "acme/p190", "acme/p100"])
            #expect(first.count == 100 && page.contains("href=\"/_sync?page=2#projects\""))
            page = try await site.client.get("/_sync?page=2").text
            #expect(Self.rows(page) == names.filter { !first.contains($0) })
            #expect(!page.contains("page=3"))
            #expect(Self.rows(try await site.client.get("/_sync?page=99").text) == Self.rows(page))
            let beyond = try await site.client.get("/?page=99").text
            #expect(beyond.contains("p220</a>") && !beyond.contains("No project’s name"))

            page = try await site.client.get("/_sync?q=P15").text
            #expect(Self.rows(page) == ["acme/p150"] + (151...159).map { "acme/p\($0)" })
            #expect(page.contains("value=\"P15\"") && page.contains("128 ready</span>"))
            page = try await site.client.get("/_sync?q=%3Cscript%3Ealert(1)%3C/script%3E").text
            #expect(Self.rows(page).isEmpty && page.contains("No project’s name has “&lt;script&gt;"))
            #expect(!page.contains(Self.hostile))
        }
    }

    /// The projects that the sync page lists.
    private static func rows(_ page: String) -> [String] {
        page.matches(of: #/<a class="main" href="[^"]*\/settings">([^<]*)<\/a><span class="sub">/#)
            .map { String($0.output.1) }
    }

    private struct Entry: Decodable {
        var repository: String
        var failures: Int?
        var nextTryAt: String?
        var keptSince: String?
    }

    /// The projects as the API has them.
    private func sync(_ site: Site) async throws -> [String: Entry] {
        struct Document: Decodable { var projects: [Entry] }
        let answer = try await site.client.get("/_api/v1/sync")
        let projects = try JSONDecoder().decode(Document.self, from: Data(answer.body)).projects
        return Dictionary(projects.map { ($0.repository, $0) }) { first, _ in first }
    }

    @Test("the schemas are published for editors, and kept by them")
    func schemas() async throws {
        try await Site.with { site in
            for (name, title) in [("kozmic.yaml.json", "kozmic.yaml"), ("project.schema.json", "projects/**/*.yaml")] {
                let answer = try await site.client.get("/_schemas/\(name)")
                #expect(answer.status == 200 && answer.headers["content-type"] == "application/schema+json")
                #expect(answer.text.contains(title))
                let tag = try #require(answer.headers["etag"])
                #expect(try await site.client.get("/_schemas/\(name)", ["If-None-Match": tag]).status == 304)
            }
            #expect(try await site.client.get("/_schemas/other.json").status == 404)
        }
    }
}
