import Foundation
import Model
import Store
import Testing

@testable import Web

@Suite("A build that skips what failed paints nothing green")
struct StandingPageTests {
    private static let failed = JobOutcome(state: .failure, exitCode: 1)

    /// Build 1 passed, 2 failed, and 3 of main passed because it skipped what had failed.
    private func fill(_ site: Site) async throws -> ProjectRecord {
        let project = try await site.declare([try Site.project("acme/widget", hooks: ["docs", "tests"])])[0]
        for (message, outcome) in [("Begin", JobOutcome.success), ("Break it", Self.failed)] {
            try await site.build(project, message, hooks: ["tests"])
            try await site.run(outcome)
        }
        try await site.build(project, "Describe it", hooks: ["docs"], skipped: ["tests"])
        try await site.run()
        return project
    }

    @Test("the list has the newest build, the state of its branch, and words that say why they differ")
    func list() async throws {
        try await Site.with { site in
            let project = try await fill(site)
            let words = "<a class=\"mark failure\" href=\"/acme/widget/builds/2\">failed in #2, skipped since</a>"
            try await eventually { try await site.client.get("/").text.contains(words) }
            let page = try await site.client.get("/").text
            #expect(page.contains("<li class=\"row failure\"") && page.contains("#3</span> Describe it"))
            #expect(page.contains("<title>1 failed · Projects") && page.contains("/_assets/kozmic-failure.svg?"))
            #expect(!page.contains("main is red"), "the row says so already")
            let banner = "has been red since <a href=\"/acme/widget/builds/2\">#2 Break it</a>"
            for path in ["/acme/widget", "/acme/widget/branches"] {
                let page = try await site.client.get(path).text
                #expect(page.contains(banner) && page.contains("It last passed in <a href=\"/acme/widget/builds/1\">"))
            }
            // However much is built elsewhere.
            for number in 0..<21 {
                try await site.build(project, "Elsewhere \(number)", ref: .branch("topic"), hooks: ["docs"])
            }
            let red = "<a class=\"mark failure\" href=\"/acme/widget/builds/2\">main is red</a>"
            try await eventually { try await site.client.get("/").text.contains(red) }
            #expect(try await !site.client.get("/").text.contains("skipped since"))
        }
    }

    @Test("a red stretch goes through builds that skipped what had failed, until one really passes")
    func stretch() async throws {
        try await Site.with { site in
            let project = try await fill(site)
            try await site.build(project, "Break it more", hooks: ["tests"])
            try await site.run(Self.failed)
            let build = try await site.api(BuildDocument.self, "/projects/acme/widget/builds/4")
            #expect(build.story?.failingSince == 2 && build.story?.lastPassed == 1)
            try await site.build(project, "Mend it", hooks: ["tests"])
            try await site.run()
            try await eventually { try await site.client.get("/").text.contains("<li class=\"row success\"") }
            #expect(try await !site.client.get("/acme/widget/branches").text.contains("has been red"))
        }
    }

    @Test("the API's lists say what the newest build came to, and how the branch is")
    func api() async throws {
        try await Site.with { site in
            let project = try await fill(site)
            try await site.build(
                project, "Ask", ref: .pullRequest(7), hooks: ["docs"], kind: .pullRequest, pullRequest: 7)
            try await site.run()
            func expect(_ standing: StandingDocument?, _ state: String, _ build: Int, _ latest: Int) {
                #expect(standing?.state == state && standing?.build == build && standing?.latestBuild == latest)
            }
            // The list may be a moment old; pages may be asked more often than the API.
            try await eventually { try await site.client.get("/").text.contains("#4</span> Ask") }
            let listed = try await site.api(ProjectListDocument.self, "/projects").projects
            #expect(listed.first?.latestBuild?.state == "success")
            expect(listed.first?.standing, "failure", 2, 3)
            #expect(listed.first?.standing?.words == "failed in #2, skipped since")
            expect(try await site.api(ProjectDocument.self, "/projects/acme/widget").standing, "failure", 2, 3)
            let branches = try await site.api(BranchListDocument.self, "/projects/acme/widget/branches")
            #expect(branches.branches.map(\.latestBuild.state) == ["success"])
            expect(branches.branches.first?.standing, "failure", 2, 3)
            #expect(branches.mainStory?.failingSince == 2 && branches.mainStory?.lastPassed == 1)
            let pulls = try await site.api(PullRequestListDocument.self, "/projects/acme/widget/pull-requests")
            expect(pulls.pullRequests.first?.standing, "success", 4, 4)
            #expect(pulls.pullRequests.first?.standing?.words == nil)
        }
    }
}
