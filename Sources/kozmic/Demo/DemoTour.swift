import Foundation

/// The five steps of the demo, each of which waits until what it promises is seen from outside.
struct DemoTour: Sendable {
    var client: DemoClient
    var console: DemoConsole
    var folder: String

    /// Makes this run's tracked file differ from those of earlier runs, whose cached images may be in the engine.
    private let run = "tool-\(UInt32.random(in: 0...UInt32.max))"

    static let adminRepository = "acme/kozmic-config"

    /// Two users, an organisation, two repositories.
    func prepareGitHub() async throws {
        _ = try await client.eventually("the stand-in for GitHub") { try await client.control("GET", "health") }
        try await client.control("POST", "users", ["login": "octocat", "email": "octocat@example.org"])
        try await client.control("POST", "users", ["login": "hubot", "email": "hubot@example.org"])
        try await client.control("POST", "users", ["login": "kozmic", "token": Demo.token])
        try await client.control(
            "POST", "orgs", ["login": "acme", "owners": ["octocat", "kozmic"], "members": ["hubot"]])
        try await client.control(
            "POST", "oauth/apps",
            [
                "client_id": Demo.clientID, "client_secret": Demo.clientSecret,
                "callback_url": "\(client.kozmic)/_auth/callback",
            ])
        try await client.control("PUT", "oauth/browser", ["user": "octocat"])
        for name in ["widget", "gadget"] {
            try await client.control(
                "POST", "repos",
                ["owner": "acme", "name": name, "files": ["README.md": "# \(name)\n"] as [String: any Sendable]])
        }
        console.done("a stand-in for GitHub has two users and the repositories acme/widget and acme/gadget")
    }

    /// The admin repository, from the files of `examples/demo`. Answers its address.
    func adminRepository() async throws -> String {
        let files: [String: any Sendable] = [
            "kozmic.yaml": text(PackageResources.kozmic_yaml),
            "projects/widget.yaml": text(PackageResources.widget_yaml),
            "projects/gadget.yaml": text(PackageResources.gadget_yaml),
            "scripts/test.sh": text(PackageResources.test_sh),
        ]
        let repository = try await client.control(
            "POST", "repos",
            ["owner": "acme", "name": "kozmic-config", "private": true, "files": files],
            as: DemoClient.Repository.self)
        console.done("the admin repository \(Self.adminRepository) declares them")
        return repository.cloneUrl
    }

    /// All five steps.
    func make() async throws {
        _ = try await client.eventually("the controller's page") { try await client.page("_health/live") }
        console.done("kozmic serve answers")
        try await webhooks()
        try await firstBuildAndCache()
        try await failureAndPullRequest()
        try await removal()
        console.heading("All of it works: \(console.passed) checks")
    }

    private func webhooks() async throws {
        console.heading("1. The admin repository becomes webhooks on GitHub")
        let hooks = try await client.eventually("three webhooks") { () -> [DemoClient.Webhook]? in
            let widget = try await self.hooks("acme/widget")
            let gadget = try await self.hooks("acme/gadget")
            return widget.count == 2 && gadget.count == 1 ? widget + gadget : nil
        }
        for hook in hooks { console.note("\(hook.events.joined(separator: ", ")) → \(hook.url)") }
        console.done("one webhook for each hook")
    }

    private func firstBuildAndCache() async throws {
        console.heading("2. A commit is pushed")
        let first = try await push(
            "Count the parts", ["tools.txt": "counter\n\(run)\n", "parts.txt": "one\ntwo\n"])
        try await expect(first, "success", build: 1)
        let states = try await statuses("acme/widget", first).filter { $0.context == "Kozmic CI" }.map(\.state)
        guard states.first == "pending", states.last == "success" else {
            throw SettingProblem("the commit's statuses were \(states), not pending → success")
        }
        console.done("the commit's status went \(states.joined(separator: " → "))")
        try await logHolds(1, "installing counter", "the install script ran")
        try await logHolds(1, "committed as kozmic-cache/acme/widget/tests:", "its container was committed as an image")

        console.heading("3. A second commit changes no tracked file, a third one does")
        try await expect(try await push("One more part", ["parts.txt": "one\ntwo\nthree\n"]), "success", build: 2)
        try await logHolds(2, "Cached image found", "the cached image was reused")
        try await logLacks(2, "installing counter", "the install script did not run")
        try await expect(
            try await push("One more tool", ["tools.txt": "counter\n\(run)\nweigher\n"]), "success", build: 3)
        try await logHolds(3, "installing weigher", "tools.txt is tracked: the install script ran again")
    }

    private func failureAndPullRequest() async throws {
        console.heading("4. A commit that fails, and a pull request")
        try await expect(try await push("Break a part", ["parts.txt": "broken\n"]), "failure", build: 4)
        try await pageHolds("acme/widget/builds/4", "a file is broken", "the page shows why")
        let topic = try await push("Mend the part", ["parts.txt": "one\n"], branch: "mend")
        let pull = try await client.control(
            "POST", "repos/acme/widget/pulls", ["title": "Mend the part", "head": "mend", "user": "octocat"],
            as: DemoClient.Pull.self)
        console.note("pull request #\(pull.number) of the branch mend: push and pull_request both arrive")
        try await expect(topic, "success", build: 5)
        try await client.control("GET", "idle?timeout=10000")
        let page = try await client.eventually("the list of deliveries") {
            try await client.page("_deliveries").flatMap { $0.contains("pull_request") ? $0 : nil }
        }
        guard !page.isEmpty, try await client.page("acme/widget/builds/6") == nil else {
            throw SettingProblem("the pull request's head was built twice")
        }
        console.done("its head was built once")
    }

    private func removal() async throws {
        console.heading("5. A hook is removed from the admin repository")
        let declaration = text(PackageResources.widget_yaml)
        guard let style = declaration.range(of: "  style:") else { throw SettingProblem("no hook 'style' to remove") }
        try await client.control(
            "POST", "repos/\(Self.adminRepository)/commits",
            [
                "branch": "main", "message": "Style is checked elsewhere now",
                "files": ["projects/widget.yaml": String(declaration[..<style.lowerBound])] as [String: any Sendable],
            ])
        let hooks = try await client.eventually("one webhook less") { () -> [DemoClient.Webhook]? in
            let hooks = try await self.hooks("acme/widget")
            return hooks.count == 1 ? hooks : nil
        }
        guard hooks[0].url.hasSuffix("/acme/widget/tests") else { throw SettingProblem("the wrong webhook is gone") }
        console.done("its webhook is gone from GitHub")
        try await pageHolds("acme/widget/builds/1/jobs/style", "Style", "its history is still there")
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
