import Foundation
import Model
import Store
import Testing

@testable import Web

/// Who sees and does what.
@Suite("Three roles, and strangers")
struct RoleTests {
    /// What each of them gets: a stranger, a member, a manager, the owner, and somebody who can read the admin repository
    /// only.
    private static let table: [(method: String, path: String, isPrivate: [Int], isPublic: [Int])] = [
        ("GET", "", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "/builds", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "/builds/1", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "/builds/1/jobs/tests", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "/builds/1/jobs/tests/log", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "/builds/1/jobs/tests/log/events", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "/builds/1/jobs/tests/log/lines", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "/builds/1/jobs/tests/log/search?q=line", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "/builds/1/jobs/tests/log/compare", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "/settings", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("POST", "/builds/1/rerun", [404, 403, 303, 303, 404], [403, 403, 303, 303, 403]),
        ("POST", "/builds/1/approve", [404, 403, 400, 400, 404], [403, 403, 400, 400, 403]),
        ("POST", "/builds/1/cancel", [404, 403, 303, 303, 404], [403, 403, 303, 303, 403]),
        ("POST", "/builds/1/jobs/tests/rerun", [404, 403, 303, 303, 404], [403, 403, 303, 303, 403]),
        ("POST", "/builds/1/jobs/tests/cancel", [404, 403, 303, 303, 404], [403, 403, 303, 303, 403]),
        ("POST", "/builds/1/jobs/tests/bisection?attempt=1", [404, 403, 409, 409, 404], [403, 403, 409, 409, 403]),
        (
            "POST", "/builds/1/jobs/tests/bisection/stop?attempt=1", [404, 403, 404, 404, 404],
            [403, 403, 404, 404, 403]
        ),
        ("POST", "/builds/1/jobs/tests/log/delete?attempt=1", [404, 403, 303, 303, 404], [403, 403, 303, 303, 403]),
        ("POST", "/settings/sync", [404, 403, 303, 303, 404], [403, 403, 303, 303, 403]),
    ]

    /// Two projects, one of them private, each with a build that failed; and the five people.
    private func prepare(_ site: Site) async throws -> [SignedIn?] {
        let records = try await site.declare([try Site.project("acme/widget"), try Site.project("acme/secret-one")])
        for record in records {
            try await site.build(record)
            try await site.run(JobOutcome(state: .failure, exitCode: 1), log: "a line\n")
            try await site.store.saveRoles(
                record.id,
                [
                    RoleRecord(personID: 1, login: "member", level: .triage),
                    RoleRecord(personID: 2, login: "manager", level: .push),
                    RoleRecord(personID: 3, login: "Octocat", level: .pull),
                ], fulfils: 0)
        }
        try await site.store.saveAdminReaders(
            try Site.repository("acme/config"), [RoleRecord(personID: 4, login: "reader", level: .pull)], fulfils: 0)
        var people: [SignedIn?] = [nil]
        for (position, login) in ["member", "manager", "Octocat", "reader"].enumerated() {
            people.append(try await site.signIn(Int64(position + 1), login))
        }
        return people
    }

    @Test("every page, log, event stream and button asks for the role that it needs")
    func table() async throws {
        try await Site.with(adminRepository: "acme/config", bisections: Site.bisections) { site in
            let people = try await prepare(site)
            for row in Self.table {
                for (project, expected) in [("acme/secret-one", row.isPrivate), ("acme/widget", row.isPublic)] {
                    for (person, status) in zip(people, expected) {
                        let path = "/\(project)\(row.path)"
                        let answer =
                            row.method == "GET"
                            ? try await site.client.get(path, person?.headers ?? [:])
                            : try await site.post(path, as: person)
                        #expect(answer.status == status, "\(row.method) \(path)")
                    }
                }
            }
            for (person, isReader) in zip(people, [false, false, false, false, true]) {
                let headers = person?.headers ?? [:]
                for path in ["/_sync", "/_deliveries"] {
                    #expect(try await site.client.get(path, headers).status == (isReader ? 200 : 404), "\(path)")
                }
                let list = try await site.client.get("/", headers).text
                #expect(list.contains("href=\"/_sync\"") == isReader)
                #expect(try await site.post("/_sync", as: person).status == (isReader ? 303 : 404))
            }
            for (person, seesIt) in zip(people, [false, true, true, true, false]) {
                let headers = person?.headers ?? [:]
                #expect(try await site.client.get("/", headers).text.contains("secret-one") == seesIt)
                let badge = try await site.client.get("/_badges/acme/secret-one.svg", headers).text
                #expect(badge.contains(">unknown</text>") == !seesIt)
                let settings = try await site.client.get("/acme/widget/settings", headers).text
                #expect(settings.contains("id=\"members\"") == seesIt)
            }
        }
    }

    @Test("the settings page names the members with their roles, and an owner who has no access")
    func members() async throws {
        try await Site.with { site in
            let people = try await prepare(site)
            let headers = try #require(people[2]).headers
            let page = try await site.client.get("/acme/widget/settings", headers).text
            let names = page.matches(of: #/<dt><a href="https:\/\/github.com\/(\w+)">/#).map { String($0.output.1) }
            #expect(names == ["Octocat", "manager", "member"])
            #expect(page.contains("<dd>owner ") && page.contains("<dd>manager ") && page.contains("<dd>member "))
            let project = try #require(try await site.store.project(Site.repository("acme/widget")))
            try await site.store.saveRoles(
                project.id, [RoleRecord(personID: 2, login: "manager", level: .push)], fulfils: 0)
            #expect(
                try await site.client.get("/acme/widget/settings", headers).text.contains("has no access on GitHub"))
        }
    }

    @Test("a form from elsewhere changes nothing")
    func forgery() async throws {
        try await Site.with { site in
            let people = try await prepare(site)
            let manager = try #require(people[2])
            let owner = try #require(people[3])
            let project = try #require(try await site.store.project(Site.repository("acme/widget")))
            let build = try #require(try await site.store.build(project.id, number: 1))
            for token in ["", "x", owner.formToken, manager.formToken + "A", String(manager.formToken.dropLast())] {
                for path in [
                    "/acme/widget/builds/1/rerun", "/acme/widget/builds/1/jobs/tests/log/delete?attempt=1",
                    "/acme/widget/settings/sync", "/_logout",
                ] {
                    #expect(try await site.post(path, as: manager, token: token).status == 403, "\(path) \(token)")
                }
            }
            let none = try await site.client.send(
                "POST", "/acme/widget/builds/1/rerun", manager.headers, body: Array("with=now".utf8))
            #expect(none.status == 403)
            let large = try await site.post(
                "/acme/widget/builds/1/rerun", as: manager, fields: String(repeating: "x", count: 70_000))
            #expect(large.status == 413)
            // A token in the address would end up in logs.
            let inAddress = try await site.client.send(
                "POST", "/acme/widget/builds/1/rerun?csrf=\(manager.formToken)", manager.headers, body: [])
            #expect(inAddress.status == 403)
            #expect(try await site.store.jobs(build.id).map(\.attempt) == [1])
            #expect(try await site.store.jobs(build.id).map(\.logDeletion) == [nil])
            #expect(try await site.store.takeWantedSyncs() == [])
            #expect(try await site.client.get("/_account", manager.headers).status == 200)
        }
    }

    @Test("a manager approves the very commit that the page shows")
    func approve() async throws {
        try await Site.with { site in
            let people = try await prepare(site)
            let manager = try #require(people[2])
            let project = try #require(try await site.store.project(Site.repository("acme/widget")))
            let event = TriggerEvent(
                kind: .pullRequest, ref: .pullRequest(7), commit: Site.commit("gift"), message: "A gift",
                pullRequest: 7,
                fromFork: true)
            let wanted = NewBuild(
                projectID: project.id, event: event, hooks: project.config.hooks, trusted: false,
                configCommit: project.configCommit, pageURL: { number, _ in "http://ci/\(number)" })
            let build = try #require(try await site.store.createBuild(wanted))
            let page = "/acme/widget/builds/\(build.number)"
            let shown = try await site.client.get(page, manager.headers).text
            #expect(shown.contains("action=\"\(page)/approve\"") && shown.contains("value=\"\(build.commit)\""))
            #expect(try await !site.client.get(page, people[1]?.headers ?? [:]).text.contains("/approve"))
            let job = try await site.client.get("\(page)/jobs/tests", manager.headers).text
            #expect(job.contains("action=\"\(page)/approve\"") && job.contains("value=\"\(build.commit)\""))
            let seen = try await site.client.get("\(page)/jobs/tests", people[1]?.headers ?? [:]).text
            #expect(seen.contains("waits for an approval") && !seen.contains("/approve"))
            let other = try await site.post("\(page)/approve", as: manager, fields: "commit=\(Site.commit("other"))")
            #expect(other.status == 400)
            #expect(try await site.store.claimNextJob() == nil)
            let answer = try await site.post("\(page)/approve", as: manager, fields: "commit=\(build.commit)")
            #expect(answer.status == 303 && answer.headers["location"] == page)
            #expect(try await !site.client.get("\(page)/jobs/tests", manager.headers).text.contains("/approve"))
            #expect(try await site.store.claimNextJob()?.build.approvedBy == "manager")
            #expect(try await site.client.get(page).text.contains("Approved by manager."))
        }
    }

    @Test("what the buttons do, and when they are there")
    func buttons() async throws {
        try await Site.with { site in
            let people = try await prepare(site)
            let manager = try #require(people[2])
            let member = try #require(people[1])
            let page = "/acme/widget/builds/1"
            let project = try #require(try await site.store.project(Site.repository("acme/widget")))
            let build = try #require(try await site.store.build(project.id, number: 1))
            func buttons(_ path: String, _ person: SignedIn?) async throws -> [String] {
                try await site.client.get(path, person?.headers ?? [:]).text
                    .matches(of: #/method="post" action="\/acme\/widget\/builds\/1([^"]*)"/#)
                    .map { String($0.output.1) }
            }
            #expect(try await buttons(page, member) == [])
            #expect(try await buttons(page, nil) == [])
            #expect(try await buttons(page, manager) == ["/rerun"])
            #expect(
                try await buttons("\(page)/jobs/tests", manager)
                    == ["/jobs/tests/rerun", "/jobs/tests/log/delete?attempt=1"])
            let rerun = try await site.post("\(page)/rerun", as: manager)
            #expect(rerun.headers["location"] == page)
            #expect(try await site.store.jobs(build.id).map(\.attempt) == [2])
            #expect(try await buttons(page, manager) == ["/cancel"])
            // Twice is once.
            #expect(try await site.post("\(page)/jobs/tests/rerun", as: manager).status == 303)
            #expect(try await site.store.jobs(build.id).map(\.attempt) == [2])
            // A page that shows the attempt before ends no newer one.
            #expect(try await buttons("\(page)/jobs/tests", manager) == ["/jobs/tests/cancel?attempt=2"])
            #expect(try await site.post("\(page)/jobs/tests/cancel?attempt=1", as: manager).status == 303)
            #expect(try await site.store.jobs(build.id).first?.state == .queued)
            _ = try await site.post("\(page)/jobs/tests/cancel?attempt=2", as: manager)
            let cancelled = try #require(try await site.store.jobs(build.id).first)
            #expect(cancelled.state == .cancelled && cancelled.reason == "cancelled by manager")
            _ = try await site.post("\(page)/jobs/tests/rerun", as: manager, fields: "with=now")
            #expect(try await site.store.jobs(build.id).map(\.attempt) == [3])
            _ = try await site.post("\(page)/cancel", as: manager)
            #expect(try await site.store.jobs(build.id).first?.state == .cancelled)
            let sync = try await site.post("/acme/widget/settings/sync", as: manager)
            #expect(sync.headers["location"] == "/acme/widget/settings#asked")
            #expect(try await site.store.takeWantedSyncs() == [project.id])
            let reading = try await site.store.roleReading(.project(project.id))
            #expect(reading.wanted > reading.fulfilled)
        }
    }
}
