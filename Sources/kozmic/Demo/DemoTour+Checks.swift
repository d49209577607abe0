import Foundation

/// What the steps do and look at again and again.
extension DemoTour {
    /// Commits files to acme/widget, as a push by octocat. Answers the commit.
    func push(_ message: String, _ files: [String: String], branch: String = "main") async throws -> String {
        let commit = try await client.control(
            "POST", "repos/acme/widget/commits",
            [
                "branch": branch, "message": message, "sender": "octocat",
                "author": ["name": "Mona Octocat", "email": "octocat@example.org"] as [String: any Sendable],
                "files": files as [String: any Sendable],
            ], as: DemoClient.Commit.self)
        console.note("\(commit.sha.prefix(7)) \(message) → \(branch)")
        return commit.sha
    }

    /// Waits for the build's final status on the commit.
    func expect(_ commit: String, _ state: String, build number: Int) async throws {
        let final = try await client.eventually("the final status of \(commit.prefix(7))") {
            try await statuses("acme/widget", commit).last { $0.context == "Kozmic CI" && $0.state != "pending" }
        }
        guard final.state == state, final.targetUrl.hasSuffix("/acme/widget/builds/\(number)") else {
            let log = try await client.page("acme/widget/builds/\(number)/jobs/tests/log") ?? "(no log)"
            throw SettingProblem(
                "expected \(state) of build \(number), not \(final.state) of \(final.targetUrl):\n\(log)")
        }
        console.done("\(final.state): \(final.description)")
    }

    /// The log of a build's tests holds a text.
    func logHolds(_ number: Int, _ needle: String, _ claim: String) async throws {
        try await pageHolds("acme/widget/builds/\(number)/jobs/tests/log", needle, claim)
    }

    /// The log of a build's tests lacks a text.
    func logLacks(_ number: Int, _ needle: String, _ claim: String) async throws {
        let log = try await client.page("acme/widget/builds/\(number)/jobs/tests/log")
        guard let log, !log.contains(needle) else { throw SettingProblem("not so: \(claim)\n\(log ?? "(no log)")") }
        console.done(claim)
    }

    /// A page holds a text.
    func pageHolds(_ path: String, _ needle: String, _ claim: String) async throws {
        let page = try await client.page(path)
        guard let page, page.contains(needle) else {
            throw SettingProblem("not so: \(claim): /\(path) does not hold '\(needle)'\n\(page ?? "(no such page)")")
        }
        console.done(claim)
    }

    /// The webhooks that GitHub has.
    func hooks(_ repository: String) async throws -> [DemoClient.Webhook] {
        try await client.control("GET", "repos/\(repository)/hooks", as: [DemoClient.Webhook].self)
    }

    /// All statuses of a commit, oldest first.
    func statuses(_ repository: String, _ commit: String) async throws -> [DemoClient.Status] {
        try await client.control("GET", "repos/\(repository)/statuses/\(commit)", as: [DemoClient.Status].self)
    }
}
