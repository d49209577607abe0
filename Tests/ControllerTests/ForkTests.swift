import Model
import Store
import Testing

@testable import Controller

@Suite("Pull requests from forks", .timeLimit(.minutes(2)))
struct ForkTests {
    private func payload(_ commit: String, base: String) -> [String: any Sendable] {
        let (project, fork): ([String: any Sendable], [String: any Sendable]) = (["id": 7], ["id": 8])
        let head: [String: any Sendable] = ["ref": "main", "sha": commit, "repo": fork]
        let base: [String: any Sendable] = ["ref": "main", "sha": base, "repo": project]
        let request: [String: any Sendable] = ["number": 5, "title": "A gift", "head": head, "base": base]
        return ["action": "opened", "repository": project, "pull_request": request]
    }

    @Test("wait for an approval, never run, or always run; none of them is trusted")
    func modes() async throws {
        try await Desk.with { desk in
            let base = try desk.push(["a": "1"])
            for (index, mode) in [HookSettings.ForkMode.approve, .never, .always].enumerated() {
                _ = try await desk.declare([desk.hook("tests")], forks: mode)
                let commit = String(repeating: "\(index + 1)", count: 40)
                let delivery = try await desk.deliver("pull_request", payload(commit, base: base))
                let claimed = try await desk.store.claimNextJob()
                switch mode {
                case .approve:
                    #expect(delivery.decision?.hasPrefix("waits for an approval, as it comes from a fork; ") == true)
                    #expect(claimed == nil)
                    let project = try #require(try await desk.store.project(desk.repository))
                    let build = try #require(try await desk.store.latestBuild(project.id))
                    #expect(build.awaitsApproval && !build.trusted)
                    try await desk.store.approve(build.id, by: "mona")
                    let job = try #require(try await desk.store.claimNextJob())
                    #expect(job.build.approvedBy == "mona" && !job.build.trusted)
                    try await desk.store.finishJob(job.job.id, .success)
                case .never:
                    #expect(delivery.decision?.contains("fork_pull_requests is 'never'") == true)
                    #expect(claimed == nil && delivery.buildNumber == nil)
                case .always:
                    #expect(try #require(claimed).build.trusted == false)
                }
            }
        }
    }

    @Test("each hook has its own rule: what runs at once, what waits for the very commit, and what never runs, quietly")
    func rules() async throws {
        try await Desk.with { desk in
            let (store, base) = (desk.store, try desk.push(["a": "1"]))
            // Nothing is fetched to look at the paths of what never runs: the repository has no such commit.
            var hooks = [
                try desk.hook("guarded", paths: ["src/**"]), try desk.hook("lint"), try desk.hook("tests"),
            ]
            for (index, mode) in [HookSettings.ForkMode.never, .always, .approve].enumerated() {
                hooks[index].settings.forkPullRequests = mode
            }
            let project = try await desk.declare(hooks, status: .both)
            let commit = String(repeating: "4", count: 40)
            let delivery = try await desk.deliver("pull_request", payload(commit, base: base))
            let decision = try #require(delivery.decision)
            #expect(decision.hasPrefix("waits for an approval of tests, as it comes from a fork; "))
            #expect(decision.contains("guarded: #5 comes from a fork, and fork_pull_requests is 'never'"))
            #expect(try await desk.jobs(commit) == ["lint": .queued, "tests": .queued])
            let contexts = try await store.statuses(project.id, commit: commit).map(\.wanted.context).sorted()
            #expect(contexts == ["Kozmic CI", "Kozmic CI / lint", "Kozmic CI / tests"])

            let lint = try #require(try await store.claimNextJob())
            #expect(lint.job.hook.description == "lint" && !lint.build.trusted && lint.build.awaitsApproval)
            try await store.finishJob(lint.job.id, JobOutcome(state: .failure, exitCode: 1))
            #expect(try await store.claimNextJob() == nil)

            // Whoever runs it again with today's configuration gets today's rule.
            hooks[1].settings.forkPullRequests = .never
            _ = try await desk.declare(hooks)
            await #expect(throws: StoreError.self) {
                try await store.rerun(lint.build.id, lint.job.hook, with: .now)
            }
            #expect(try await store.claimNextJob() == nil)
            try await store.approve(lint.build.id, by: "mona")
            #expect(try #require(try await store.claimNextJob()).job.hook.description == "tests")
            #expect(try await store.claimNextJob() == nil)
        }
    }

    @Test("a hook that never runs for a fork has no say about one, whatever else its rules are; its own branch runs it")
    func never() async throws {
        try await Desk.with { desk in
            let base = try desk.push(["a": "1"])
            var hook = try desk.hook("guarded")
            hook.settings.forkPullRequests = .never
            hook.triggers = Triggers(push: .init(branches: ["main"]), pullRequest: .init(branches: ["release"]))
            let project = try await desk.declare([hook], status: .both)
            // A check that is required must not be met because nobody looked.
            let delivery = try await desk.deliver(
                "pull_request", payload(String(repeating: "5", count: 40), base: base))
            #expect(delivery.buildNumber == nil && delivery.decision?.hasPrefix("no hook runs. ") == true)
            #expect(try await desk.store.latestBuild(project.id) == nil)

            let own = try desk.push(["a": "2"], branch: "topic", from: base)
            _ = try await desk.deliver("pull_request", desk.pullRequest(own, into: "release", base: base))
            #expect(try await desk.jobs(own) == ["guarded": .queued])
        }
    }
}
