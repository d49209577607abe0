import Model
import Store
import Testing

@testable import Web

@Suite("What a job waits for, and what took its place")
struct WaitingTests {
    @Test("a job of a build that waits for an approval says so, and not that it waits for a slot or its group")
    func approval() async throws {
        try await Site.with { site in
            var declared = try Site.project("acme/widget")
            declared.hooks[0].concurrency = Hook.Concurrency(group: "deploy", limit: 1)
            let project = try await site.declare([declared])[0]
            try await site.build(project, "Ours")
            _ = try await site.store.claimNextJob()
            let event = TriggerEvent(
                kind: .pullRequest, ref: .pullRequest(7), commit: Site.commit("gift"), message: "A gift",
                pullRequest: 7, fromFork: true)
            let wanted = NewBuild(
                projectID: project.id, event: event, hooks: project.config.hooks, trusted: false,
                configCommit: project.configCommit, pageURL: { number, _ in "http://ci/\(number)" })
            let build = try #require(try await site.store.createBuild(wanted))
            func says(_ words: String) async throws {
                for page in ["builds/2", "builds/2/jobs/tests"] {
                    let text = try await site.client.get("/acme/widget/\(page)").text
                    #expect(text.contains(">\(words)<"), "\(page)")
                }
            }
            func place() async throws -> JobDocument.Queue? {
                try await site.api(JobDocument.self, "/projects/acme/widget/builds/2/jobs/tests").queue
            }
            try await says("waits for an approval")
            for page in ["", "/builds", "/builds/2", "/builds/2/jobs/tests"].map({ "/acme/widget\($0)" }) {
                #expect(try await site.client.get(page).text.contains(">Needs approval<"), "\(page)")
            }
            let head = try await site.client.get("/acme/widget/builds/2").text
            #expect(head.contains("<title>Needs approval · ") && head.contains("/kozmic-waiting.svg"))
            let held = try await place()
            #expect(held?.needsApproval == true && held?.fullGroup == nil && held?.position == nil)

            try await site.store.approve(build.id, by: "octocat")
            try await says("waits for the group deploy")
            #expect(!(try await site.client.get("/acme/widget/builds/2").text.contains("Needs approval")))
            let free = try await place()
            #expect(free?.needsApproval == nil && free?.fullGroup == "deploy")
        }
    }

    @Test("of two jobs the page names the one that waits for an approval")
    func oneOfTwo() async throws {
        try await Site.with { site in
            var declared = try Site.project("acme/widget", hooks: ["lint", "tests"])
            declared.hooks[0].settings.forkPullRequests = .always
            let project = try await site.declare([declared])[0]
            let event = TriggerEvent(
                kind: .pullRequest, ref: .pullRequest(7), commit: Site.commit("gift"), message: "A gift",
                pullRequest: 7, fromFork: true)
            let wanted = NewBuild(
                projectID: project.id, event: event, hooks: project.config.hooks, trusted: false,
                configCommit: project.configCommit, pageURL: { number, _ in "http://ci/\(number)" })
            let build = try #require(try await site.store.createBuild(wanted))
            let title = declared.hooks[1].title
            let page = try await site.client.get("/acme/widget/builds/1").text
            #expect(page.contains("It comes from a fork: \(title) waits until a manager"))
            #expect(try await site.client.get("/acme/widget/builds/1/jobs/lint").text.contains(">next in the queue<"))
            let jobs = try await site.api(BuildDocument.self, "/projects/acme/widget/builds/1").jobs ?? []
            #expect(jobs.map(\.queue?.needsApproval) == [nil, true])
            try await site.store.approve(build.id, by: "octocat")
            #expect(try await !site.client.get("/acme/widget/builds/1").text.contains("It comes from a fork"))
        }
    }

    @Test("what was cancelled for another build leads there, on its pages and for programs")
    func successor() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            for message in ["One", "Two"] {
                try await site.build(project, message, ref: .branch("topic"), kind: .pullRequest, pullRequest: 3)
            }
            let link = "<a href=\"/acme/widget/builds/2\">build #2</a>"
            for page in ["builds/1", "builds/1/jobs/tests", "builds/1/jobs/tests?part=head"] {
                #expect(try await site.client.get("/acme/widget/\(page)").text.contains(link), "\(page)")
            }
            let document = try await site.api(BuildDocument.self, "/projects/acme/widget/builds/1")
            #expect(document.supersededBy == 2 && document.jobs?.map(\.supersededBy) == [2])

            #expect(try await !site.client.get("/acme/widget/builds/2").text.contains("Its place"))
            let second = try await site.api(BuildDocument.self, "/projects/acme/widget/builds/2")
            #expect(second.supersededBy == nil && second.jobs?.map(\.supersededBy) == [nil])
        }
    }
}
