import Foundation
import GitHub
import Model
import Store
import Testing

@testable import Web

@Suite("The API, for whoever may see what the pages show")
struct APITests {
    private static let build = "/projects/acme/PROJECT/builds/1"
    private static let job = "\(build)/jobs/tests"

    /// What each of them gets: a stranger, a member, a manager, the owner, and a reader of the admin repository; of the
    /// private project and of the public one.
    private static let table: [(method: String, path: String, isPrivate: [Int], isPublic: [Int])] = [
        ("GET", "/projects/acme/PROJECT", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "/projects/acme/PROJECT/settings", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "/projects/acme/PROJECT/members", [404, 200, 200, 200, 404], [404, 200, 200, 200, 404]),
        ("GET", "/projects/acme/PROJECT/branches", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "/projects/acme/PROJECT/pull-requests", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "/projects/acme/PROJECT/images", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "/projects/acme/PROJECT/builds", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", build, [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", job, [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "\(job)/log", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "\(job)/log/lines", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "\(job)/log/search?q=first", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "\(job)/log/sections", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("GET", "\(job)/log/events", [404, 200, 200, 200, 404], [200, 200, 200, 200, 200]),
        ("POST", "\(build)/cancel", [404, 403, 409, 409, 404], [401, 403, 409, 409, 403]),
        ("POST", "\(build)/approve", [404, 403, 400, 400, 404], [401, 403, 400, 400, 403]),
        ("POST", "\(job)/cancel", [404, 403, 409, 409, 404], [401, 403, 409, 409, 403]),
        ("POST", "/projects/acme/PROJECT/sync", [404, 403, 202, 202, 404], [401, 403, 202, 202, 403]),
        ("DELETE", "\(job)/log?attempt=1", [404, 403, 200, 410, 404], [401, 403, 200, 410, 403]),
        ("POST", "\(job)/rerun", [404, 403, 200, 409, 404], [401, 403, 200, 409, 403]),
    ]

    @Test("each address asks for the role that it needs, and what may not be seen does not exist")
    func roles() async throws {
        let office = TokenOffice()
        try await Site.with(adminRepository: "acme/config", account: office.account) { site in
            _ = try await site.prepareForAPI()
            let people = [nil, "member", "manager", "octocat", "reader"]
            for row in Self.table {
                for (project, expected) in [("secret-one", row.isPrivate), ("widget", row.isPublic)] {
                    for (person, status) in zip(people, expected) {
                        let path = row.path.replacing("PROJECT", with: project)
                        let answer = try await site.api(path, as: person, method: row.method)
                        #expect(answer.status == status, "\(row.method) \(path) as \(person ?? "a stranger")")
                        guard answer.status >= 400 else { continue }
                        let problem = try JSONDecoder().decode(APIProblem.self, from: Data(answer.body))
                        #expect(!problem.error.isEmpty && !problem.message.isEmpty && !problem.wayOut.isEmpty)
                    }
                }
            }
            for (person, sees) in zip(people, [1, 2, 2, 2, 1]) {
                let list = try await site.api(ProjectListDocument.self, "/projects", as: person)
                #expect(list.projects.count == sees && list.projects.last?.repository == "acme/widget")
                let queue = try await site.api(QueueDocument.self, "/queue", as: person)
                // Each of the two projects has a job that was rerun.
                #expect(queue.queued.count == sees && queue.running.isEmpty)
                let isReader = person == "reader"
                for path in ["/sync", "/deliveries"] {
                    #expect(try await site.api(path, as: person).status == (isReader ? 200 : 404))
                }
                let sync = try await site.api("/sync", as: person, method: "POST").status
                #expect(sync == (isReader ? 202 : 404))
                let commit = "/explain/commits/\(Site.commit("A change").prefix(9))"
                #expect(try await site.api(commit, as: person).status == (isReader ? 200 : 400))
                let named = "\(commit)?repository=acme/secret-one"
                let expected = person == nil || isReader ? 404 : 200
                #expect(try await site.api(named, as: person).status == expected)
            }
            // Each token was asked about once.
            #expect(office.questions == 4)
        }
    }

    @Test("builds are found by branch, status, author, text and hook, and pages go on where they ended")
    func filters() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget", hooks: ["lint", "tests"])])[0]
            for number in 1...7 {
                let branch = GitRef.branch(number.isMultiple(of: 2) ? "main" : "topic/ä")
                try await site.build(
                    project, "Change \(number) of 100 %", ref: branch, author: number < 4 ? "Ada" : "Grace",
                    hooks: number == 5 ? ["lint"] : nil)
                for _ in 0..<(number == 5 ? 1 : 2) {
                    try await site.run(number == 6 ? JobOutcome(state: .failure, exitCode: 1) : .success)
                }
            }
            func found(_ query: String) async throws -> [Int] {
                try await site.api(BuildListDocument.self, "/projects/acme/widget/builds?\(query)").builds.map(\.number)
            }
            #expect(try await found("") == [7, 6, 5, 4, 3, 2, 1])
            #expect(try await found("branch=main") == [6, 4, 2])
            #expect(try await found("branch=topic/%C3%A4&author=ada") == [3, 1])
            #expect(try await found("status=failure") == [6])
            #expect(try await found("author=OCTO&text=change%207") == [7])
            #expect(try await found("text=100%20%25&limit=2") == [7, 6])
            #expect(try await found("text=\(Site.commit("Change 3 of 100 %").prefix(12))") == [3])
            #expect(try await found("hook=tests&limit=3") == [7, 6, 4])
            #expect(try await found("hook=nothing") == [])
            var pages: [[Int]] = []
            var next: String? = ""
            while let after = next {
                let query = "?status=success&limit=4" + (after.isEmpty ? "" : "&after=\(after)")
                let list = try await site.api(BuildListDocument.self, "/projects/acme/widget/builds\(query)")
                pages.append(list.builds.map(\.number))
                next = list.next
            }
            #expect(pages == [[7, 5, 4, 3], [2, 1]])
            for query in ["status=green", "q=%00", "author=a%00b"] {
                #expect(try await site.client.get("/acme/widget/builds?\(query)").status == 400, "\(query)")
            }
            #expect(try await site.client.get("/acme/widget/builds?status=failure&q=&author=").status == 200)
            for query in ["limit=0", "limit=201", "after=x", "status=green", "hook=A", "text=", "text=%00"] {
                #expect(try await site.api("/projects/acme/widget/builds?\(query)").status == 400, "\(query)")
            }
        }
    }

    @Test("a build has its jobs with all attempts, a log its bytes, lines, ranges, and goes on where it was cut off")
    func build() async throws {
        try await Site.with { site in
            _ = try await site.prepareForAPI()
            let build = try await site.api(BuildDocument.self, "/projects/acme/widget/builds/1")
            #expect(build.state == "failure" && build.jobs?.map(\.hook) == ["lint", "tests"])
            #expect(build.jobs?.first?.attempts?.map(\.attempt) == [1])
            #expect(build.jobs?.first?.reason == "make: 1" && build.jobs?.first?.exitCode == 1)
            #expect(build.page == "http://ci.example.org/acme/widget/builds/1")
            let log = "/projects/acme/widget/builds/1/jobs/tests/log"
            #expect(try await site.api(log).text == "first\n\u{1B}[31mred\u{1B}[0m\nlast\n")
            let part = try await site.api(log, headers: ["Range": "bytes=0-4"])
            #expect(part.status == 206 && part.text == "first")
            let lines = try await site.api(LogLinesDocument.self, "\(log)/lines?from=2&count=2")
            #expect(lines.first == 2 && lines.lines == ["\u{1B}[31mred\u{1B}[0m", "last"] && lines.total == 3)
            var events = try await site.client.open("/_api/v1\(log)/events", ["Last-Event-ID": "6"])
            let rest = try await events.rest()
            #expect(rest.compactMap(\.log).joined() == "\u{1B}[31mred\u{1B}[0m\nlast\n" && rest.last?.name == "end")
            for path in [
                "\(log)/lines?count=1001", "\(log)/search?q=%5B&regex", "\(log)/search", "/nothing", "/projects/x",
            ] {
                let answer = try await site.api(path)
                #expect([400, 404].contains(answer.status) && answer.text.contains("\"wayOut\""), "\(path)")
                #expect(answer.headers["content-type"] == "application/json; charset=utf-8")
            }
        }
    }

    @Test("a 404 says which part is unknown, where the caller may see the project, and nothing where not")
    func unknownParts() async throws {
        try await Site.with { site in
            _ = try await site.prepareForAPI()
            func message(_ path: String) async throws -> String {
                let answer = try await site.api("/projects/acme/\(path)")
                #expect(answer.status == 404, "\(path)")
                return try JSONDecoder().decode(APIProblem.self, from: Data(answer.body)).message
            }
            for (path, words) in [
                ("builds/99", "acme/widget has no build #99."), ("builds/x", "'x' is not the number of a build."),
                ("builds/1/jobs/nope/log", "Build #1 has no job of 'nope'."),
                ("builds/1/jobs/tests?attempt=7", "tests has no attempt '7' in build #1, only 1."),
                ("builds/1/jobs/tests/log/compare?with=98", "acme/widget has no build #98."),
                ("builds/1/jobs/tests/log/compare?with=x", "'x' is not the number of a build."),
            ] {
                #expect(try await message("widget/\(path)") == words)
                let hidden = "There is no such thing, or you may not see it."
                #expect(try await message("secret-one/\(path)") == hidden)
            }
        }
    }

    @Test("a manager reruns, cancels, and approves the very commit; a browser needs its session's token for that")
    func changes() async throws {
        try await Site.with(account: TokenOffice().account) { site in
            let project = try await site.prepareForAPI()[1]
            let path = "/projects/acme/widget/builds/1"
            func change(_ path: String, _ body: String? = nil) async throws -> Client.Answer {
                try await site.api(path, as: "manager", method: "POST", body)
            }
            let rerun = try await change("\(path)/rerun", #"{"with":"now"}"#)
            #expect(rerun.status == 200 && rerun.text.contains(#""attempt":2"#))
            #expect(try await change("\(path)/rerun").status == 409)
            #expect(try await change("\(path)/jobs/lint/cancel").text.contains("cancelled by manager"))
            #expect(try await change("\(path)/cancel").status == 200)
            #expect(try await change("\(path)/rerun", #"{"with":"never"}"#).status == 400)
            #expect(try await change("\(path)/rerun", "{").status == 400)
            #expect(try await change("\(path)/rerun", String(repeating: "x", count: 70_000)).status == 413)

            let event = TriggerEvent(
                kind: .pullRequest, ref: .pullRequest(7), commit: Site.commit("gift"), message: "A gift",
                pullRequest: 7, fromFork: true)
            let wanted = NewBuild(
                projectID: project.id, event: event, hooks: project.config.hooks, trusted: false,
                configCommit: project.configCommit, pageURL: { number, _ in "http://ci/\(number)" })
            _ = try await site.store.createBuild(wanted)
            let gift = "/projects/acme/widget/builds/2/approve"
            #expect(try await change(gift, #"{"commit":"\#(Site.commit("other"))"}"#).status == 409)
            let approved = try await change(gift, #"{"commit":"\#(event.commit)"}"#)
            #expect(approved.status == 200 && approved.text.contains(#""approvedBy":"manager""#))

            // By cookie.
            let person = try await site.signIn(2, "manager")
            let cancel = "\(path.replacing("builds/1", with: "builds/2"))/cancel"
            func byCookie(_ token: String?) async throws -> Int {
                let headers = person.headers.merging(token.map { ["X-CSRF-Token": $0] } ?? [:]) { first, _ in first }
                return try await site.api(cancel, method: "POST", "{}", headers: headers).status
            }
            #expect(try await byCookie(nil) == 403)
            #expect(try await byCookie("x") == 403)
            let user = try await site.api("/user", headers: person.headers)
            #expect(user.text.contains(#""csrfToken":"\#(person.formToken)""#))
            #expect(try await byCookie(person.formToken) == 200)
            // A token is no way into the pages, and has no forms.
            let page = try await site.client.get("/acme/secret-one", Site.bearer("manager"))
            #expect(page.status == 404)
            #expect(try await !site.api("/user", as: "manager").text.contains("csrfToken"))
        }
    }
}
