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
}
