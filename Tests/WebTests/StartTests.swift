import Foundation
import Model
import Store
import Testing

@testable import Web

@Suite("Builds by hand, from the API and the page")
struct StartTests {
    @Test("managers start a build with 201 and its document; others may not, and what is private does not exist")
    func roles() async throws {
        try await Site.with(adminRepository: "acme/config", account: TokenOffice().account, starts: Site.start) {
            site in
            _ = try await site.prepareForAPI()
            let people = [nil, "member", "manager", "octocat", "reader"]
            for (project, expected) in [
                ("secret-one", [404, 403, 201, 201, 404]), ("widget", [401, 403, 201, 201, 403]),
            ] {
                for (person, status) in zip(people, expected) {
                    let answer = try await site.api("/projects/acme/\(project)/builds", as: person, method: "POST")
                    #expect(answer.status == status, "\(project) as \(person ?? "a stranger"): \(answer.text)")
                }
            }
            let build = try await site.api(BuildDocument.self, "/projects/acme/widget/builds/2")
            #expect(build.trigger == "manual" && build.sender == "manager" && build.refName == "main")
            // The owner asked while the manager's jobs waited.
            #expect(build.jobs?.map(\.hook) == ["lint", "tests"] && build.jobs?.map(\.attempt) == [1, 1])
            #expect(try await site.client.get("/acme/widget/builds/2").text.contains("by hand, by manager"))
        }
    }

    @Test("the API says what is wrong with a ref or a hook, and takes no more than it can use")
    func problems() async throws {
        try await Site.with(account: TokenOffice().account, starts: Site.start) { site in
            let records = try await site.prepareForAPI()
            func start(_ body: String) async throws -> Client.Answer {
                try await site.api("/projects/acme/widget/builds", as: "manager", method: "POST", body)
            }
            for (body, word) in [
                (#"{"ref":"gone"}"#, "unknown_ref"), (#"{"hooks":["nothing"]}"#, "unknown_hook"),
                (#"{"hooks":[]}"#, "bad_request"), (#"{"hooks":["A b"]}"#, "bad_request"),
                (#"{"hooks":"tests"}"#, "bad_request"), (#"{"ref":""}"#, "bad_request"), ("[", "bad_request"),
                (#"{"ref":"\#(String(repeating: "x", count: 256))"}"#, "bad_request"),
                (#"{"hooks":[\#(Array(repeating: #""a""#, count: 101).joined(separator: ","))]}"#, "bad_request"),
            ] {
                let answer = try await start(body)
                let problem = try JSONDecoder().decode(APIProblem.self, from: Data(answer.body))
                #expect(answer.status == 400 && problem.error == word, "\(body.prefix(80)): \(answer.text)")
                #expect(!problem.wayOut.isEmpty)
            }
            for (body, key) in [
                (#"{"rref":"main"}"#, "rref"), (#"{"hook":["tests"]}"#, "hook"), (#"{"ref":"main","Ref":"x"}"#, "Ref"),
            ] {
                let answer = try await start(body)
                let problem = try JSONDecoder().decode(APIProblem.self, from: Data(answer.body))
                #expect(answer.status == 400, "\(body): \(answer.text)")
                #expect(problem.message == "The body has the unknown key '\(key)'; this takes ref and hooks.")
            }
            #expect(try await site.store.latestBuild(records[1].id)?.number == 1, "nothing was started")
            let one = try await start(#"{"ref":"main","hooks":["tests"]}"#)
            #expect(one.status == 201 && !one.text.contains(#""hook":"lint""#))
        }
    }

    @Test("a server that cannot look for refs says so, and shows no form")
    func without() async throws {
        try await Site.with(account: TokenOffice().account) { site in
            _ = try await site.prepareForAPI()
            let manager = try await site.signIn(2, "manager")
            #expect(try await site.api("/projects/acme/widget/builds", as: "manager", method: "POST").status == 503)
            #expect(try await !site.client.get("/acme/widget/branches", manager.headers).text.contains("Run now"))
        }
    }

    @Test("the form is for managers, leads to the new build, and is shown again with what was wrong")
    func form() async throws {
        try await Site.with(starts: Site.start) { site in
            _ = try await site.prepareForAPI()
            let manager = try await site.signIn(2, "manager")
            let member = try await site.signIn(1, "member")
            let (page, builds) = ("/acme/widget/branches", "/acme/widget/builds")
            for headers in [[:], member.headers] {
                #expect(try await !site.client.get(page, headers).text.contains("Run now"))
            }
            let shown = try await site.client.get(page, manager.headers).text
            #expect(shown.contains("action=\"\(builds)\"") && shown.contains("placeholder=\"main\""))
            #expect(shown.contains("<option value=\"tests\">Tests</option>"))

            #expect(try await site.post(builds, as: member).status == 403)
            #expect(try await site.post(builds, as: nil).status == 403)
            #expect(try await site.post(builds, as: manager, token: "x").status == 403)
            #expect(try await site.post("/acme/secret-one/builds", as: nil).status == 404)

            let wrong = try await site.post(builds, as: manager, fields: "ref=%3Cb%3Egone&hook=tests")
            #expect(
                wrong.status == 400 && wrong.text.contains("role=\"alert\"") && wrong.text.contains("&lt;b&gt;gone"))
            #expect(wrong.text.contains("<option value=\"tests\" selected>") && !wrong.text.contains("<b>gone"))
            let long = try await site.post(builds, as: manager, fields: "ref=\(String(repeating: "x", count: 300))")
            #expect(long.status == 400 && long.text.contains("longer than 255 bytes"))
            #expect(try await site.post(builds, as: manager, fields: "hook=A%20b").status == 400)

            let started = try await site.post(builds, as: manager, fields: "ref=+main+&hook=tests")
            #expect(started.status == 303 && started.headers["location"] == "/acme/widget/builds/2")
            #expect(try await site.client.get("/acme/widget/builds/2").text.contains("by hand, by manager"))
        }
    }
}
