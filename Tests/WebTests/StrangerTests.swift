import Foundation
import Model
import Store
import Testing

@testable import Web

/// What those learn who have no role: nothing about people, and nothing about projects that they may not see.
@Suite("Strangers")
struct StrangerTests {
    /// Below a project's page.
    private static let pages = [
        "", "?ref=main", "?ref=nothing", "/builds", "/builds?q=change", "/branches", "/settings", "/feed.atom",
        "/builds/1", "/builds/1/jobs/tests", "/builds/1/jobs/tests?part=head", "/builds/1/jobs/tests/log",
        "/builds/1/jobs/tests/log?download", "/builds/1/jobs/tests/log/events", "/builds/1/jobs/tests/log/lines",
        "/builds/1/jobs/tests/log/sections", "/builds/1/jobs/tests/log/search?q=line",
        "/builds/1/jobs/tests/log/compare", "/builds/1/jobs/tests/log/compare?with=1", "/avatars/octocat",
    ]
    /// Below a project in the API.
    private static let calls = [
        "", "/settings", "/members", "/branches", "/pull-requests", "/images", "/builds", "/builds?text=change",
        "/builds?limit=0", "/builds/1",
        "/builds/1/jobs/tests", "/builds/1/jobs/tests/log", "/builds/1/jobs/tests/log/events",
        "/builds/1/jobs/tests/log/lines", "/builds/1/jobs/tests/log/sections",
        "/builds/1/jobs/tests/log/search?q=line", "/builds/1/jobs/tests/log/compare",
    ]
    /// That belong to no project, or name it in the query.
    private static let others = [
        "/", "/?q=PROJECT", "/?sort=state", "/_badges/acme/PROJECT.svg",
        "/_badges/acme/PROJECT.svg?ref=main&hook=tests", "/_sync", "/_deliveries", "/_api/v1/projects",
        "/_api/v1/projects?text=PROJECT", "/_api/v1/queue",
        "/_api/v1/sync", "/_api/v1/deliveries?repository=acme/PROJECT",
        "/_api/v1/explain/commits/\(Site.commit("A change"))?repository=acme/PROJECT",
    ]
    private static let changes = [
        "/acme/PROJECT/builds/1/rerun", "/acme/PROJECT/builds/1/cancel", "/acme/PROJECT/builds/1/approve",
        "/acme/PROJECT/builds/1/jobs/tests/rerun", "/acme/PROJECT/builds/1/jobs/tests/cancel",
        "/acme/PROJECT/settings/sync", "/_api/v1/projects/acme/PROJECT/sync",
        "/_api/v1/projects/acme/PROJECT/builds/1/rerun", "/_api/v1/projects/acme/PROJECT/builds/1/cancel",
        "/_api/v1/projects/acme/PROJECT/builds/1/approve",
        "/_api/v1/projects/acme/PROJECT/builds/1/jobs/tests/rerun",
        "/_api/v1/projects/acme/PROJECT/builds/1/jobs/tests/cancel",
    ]

    private static func addresses(_ project: String) -> [String] {
        let paths =
            pages.map { "/acme/PROJECT\($0)" } + calls.map { "/_api/v1/projects/acme/PROJECT\($0)" } + others
        return paths.map { $0.replacing("PROJECT", with: project) }
    }

    @Test("who gets mail, who has access, and whom a difference or a reason names is for those who may know")
    func people() async throws {
        let names = ["boss@example.org", "alice-pulls", "core-team", "drifted-in", "guest-invited", "blamed-one"]
        try await Site.with(adminRepository: "acme/config") { site in
            let project = try await site.prepareForAPI()[1]
            try await site.namePeople(project)
            let about = ["/settings", "?ref=nothing"].map { "/acme/widget\($0)" }
            let inAPI = ["/_api/v1/projects/acme/widget", "/_api/v1/projects/acme/widget/settings"]
            for path in Self.addresses("widget") {
                let text = try await site.client.get(path).text
                for name in names + ["author@example.org"] { #expect(!text.contains(name), "\(name) in \(path)") }
            }
            // What is about no person is everybody's.
            let page = try await site.client.get(about[0]).text
            #expect(page.contains("webhook tests") && page.contains("deploy_key") && page.contains(">13m<"))
            let settings = try await site.client.get(inAPI[1]).text
            #expect(settings.contains("hooks.permissions.timeout") && settings.contains("deploy_key"))
            #expect(!settings.contains(#""owner""#))
            let document = try await site.api(ProjectDocument.self, "/projects/acme/widget")
            #expect(document.drift?.map(\.object) == ["webhook tests"])
            #expect(document.condition.status == "stalled" && document.condition.reason == nil)

            for (id, login) in [(Int64(1), "member"), (2, "manager"), (3, "octocat"), (4, "reader")] {
                let person = try await site.signIn(id, login)
                var seen = ""
                for path in about + inAPI { seen += try await site.client.get(path, person.headers).text }
                for name in names { #expect(seen.contains(name), "\(name) for \(login)") }
                #expect(seen.contains(#""owner":"octocat""#))
                // Addresses of authors are for mail alone.
                #expect(!seen.contains("author@example.org"))
            }
            let outsider = try await site.signIn(9, "outsider")
            for path in about + inAPI {
                let text = try await site.client.get(path, outsider.headers).text
                for name in names { #expect(!text.contains(name), "\(name) in \(path)") }
            }
        }
    }

    @Test("a project that may not be seen is answered as one that does not exist, to the byte")
    func existence() async throws {
        try await Site.with(adminRepository: "acme/config") { site in
            _ = try await site.prepareForAPI()
            let outsider = try await site.signIn(9, "outsider")
            for person in [nil, outsider] {
                func answer(_ method: String, _ path: String, of project: String) async throws -> Client.Answer {
                    let headers = person?.headers ?? [:]
                    var answer =
                        method == "GET"
                        ? try await site.client.get(path, headers)
                        : try await site.client.send(
                            method, path, headers, body: Array("csrf=\(person?.formToken ?? "")".utf8))
                    // The tag is of the whole page, which says what was asked for.
                    for name in ["date", "content-length", "etag"] { answer.headers[name] = nil }
                    // Time goes on between the two.
                    let still = answer.text.replacing(#/<time[^>]*>[^<]*<\/time>/#, with: "")
                    answer.body = Array(still.replacing(project, with: "NAME").utf8)
                    return answer
                }
                // As long as the other, so that the answers are.
                let (hidden, absent) = ("secret-one", "nobody-one")
                for (one, other) in zip(Self.addresses(hidden), Self.addresses(absent)) {
                    let found = try await answer("GET", one, of: hidden)
                    let none = try await answer("GET", other, of: absent)
                    #expect(found.status == none.status && found.text == none.text, "\(one)")
                    #expect(found.headers == none.headers, "\(one)")
                    let isNamed = one.contains("/acme/\(hidden)") && !one.hasPrefix("/_badges")
                    #expect(found.status == 404 || !isNamed, "\(one)")
                }
                for path in Self.changes {
                    let found = try await answer("POST", path.replacing("PROJECT", with: hidden), of: hidden)
                    let none = try await answer("POST", path.replacing("PROJECT", with: absent), of: absent)
                    #expect(found.status == 404 && none.status == 404 && found.text == none.text, "\(path)")
                    #expect(found.headers == none.headers, "\(path)")
                }
                for path in ["/", "/?sort=state", "/_metrics", "/_api/v1/projects", "/_api/v1/queue"] {
                    let text = try await site.client.get(path, person?.headers ?? [:]).text
                    #expect(!text.contains("secret-one"), "\(path)")
                }
            }
        }
    }
}

extension Site {
    /// Settings, a condition, differences and a build that name people who are nowhere else.
    fileprivate func namePeople(_ project: ProjectRecord) async throws {
        let file = project.config.file
        func value(_ path: String, _ value: String, _ line: Int) -> ExplainedValue {
            ExplainedValue(path: path, value: value, level: .project, place: ConfigPlace(file: file, line: line))
        }
        var mail = value("notify.email.to", "[author]", 6)
        mail.overridden = [
            .init(value: "[boss@example.org]", level: .server, place: ConfigPlace(file: "kozmic.yaml", line: 2))
        ]
        try await store.saveProjectSettings(
            [
                (
                    project.repository,
                    [
                        value("repository", "acme/widget", 1), value("owner", "octocat", 2),
                        value("permissions.collaborators.alice-pulls", "pull", 4),
                        value("permissions.teams.core-team", "push", 5), mail, value("deploy_key", "never", 7),
                        value("hooks.tests.timeout", "13m", 9), value("hooks.permissions.timeout", "14m", 11),
                    ]
                )
            ], commit: "c0ffee0123")
        try await store.setCondition(
            project.id,
            ProjectCondition(status: .stalled, reason: "GitHub knows no account 'blamed-one'.", since: clock.now),
            configCommit: project.configCommit)
        try await store.setDrift(
            project.id,
            [
                DriftDifference(object: "webhook tests", field: "events", old: "push", new: "none"),
                DriftDifference(object: "collaborator drifted-in", field: "permission", old: "pull", new: "admin"),
                DriftDifference(object: "invitation guest-invited", field: "permission", old: "", new: "push"),
            ])
        let event = TriggerEvent(
            kind: .push, ref: .branch("main"), commit: Self.commit("mail"), message: "A change", authorName: "Ada",
            authorEmail: "author@example.org", sender: "ada")
        _ = try await store.createBuild(
            NewBuild(
                projectID: project.id, event: event, hooks: project.config.hooks, trusted: true,
                configCommit: project.configCommit, pageURL: { number, _ in "http://ci/\(number)" })
        )
    }
}
