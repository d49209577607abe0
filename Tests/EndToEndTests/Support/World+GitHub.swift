import Curl
import Foundation
import Testing

@testable import kozmic

/// What happens on GitHub, and what is seen on the pages.
extension World {
    /// A repository of the organisation `acme`; without files it has no commit.
    func makeRepository(_ name: String, _ files: [String: String], isPrivate: Bool = false) async throws {
        var body: [String: any Sendable] = ["owner": "acme", "name": name, "private": isPrivate]
        if !files.isEmpty { body["files"] = files }
        try await client.control("POST", "repos", body)
    }

    /// Commits files to the project's repository, as a push. Answers the commit.
    func push(_ files: [String: String], message: String = "A change", branch: String = "main") async throws -> String {
        try await commit(files, to: repository, branch: branch, message: message)
    }

    /// Commits files to the admin repository. Answers the commit.
    @discardableResult
    func configure(_ files: [String: String]) async throws -> String {
        try await commit(filled(files), to: "acme/config", branch: "main", message: "Configure")
    }

    private func commit(
        _ files: [String: String], to repository: String, branch: String, message: String
    ) async throws -> String {
        try await client.control(
            "POST", "repos/\(repository)/commits",
            ["branch": branch, "message": message, "files": files as [String: any Sendable]],
            as: DemoClient.Commit.self
        ).sha
    }

    /// Makes trouble in the stand-in for GitHub.
    func fault(_ keys: [String: any Sendable]) async throws { try await client.control("POST", "faults", keys) }

    /// A clone made by the real git over HTTP, which may push; a folder in the world's.
    func clone(_ repository: String? = nil) async throws -> String {
        let address = "\(client.gitHub)/\(repository ?? self.repository).git"
            .replacing("http://", with: "http://octocat:token-of-octocat@")
        let target = "\(folder)/clone-\(UInt32.random(in: 0...UInt32.max))"
        try await Shell.run("git", ["clone", "--quiet", address, target], environment: Self.gitEnvironment)
        return target
    }

    /// Git away from the account's own configuration.
    static let gitEnvironment = [
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
    ]

    /// A project's webhooks on GitHub.
    func webhooks(_ repository: String? = nil) async throws -> [DemoClient.Webhook] {
        try await client.control("GET", "repos/\(repository ?? self.repository)/hooks", as: [DemoClient.Webhook].self)
    }

    /// All statuses of a commit in the build's context, oldest first.
    func statuses(_ commit: String) async throws -> [DemoClient.Status] {
        try await client.control("GET", "repos/\(repository)/statuses/\(commit)", as: [DemoClient.Status].self)
            .filter { $0.context == "Kozmic CI" }
    }

    /// The final status of a commit, waited for.
    func outcome(_ commit: String, within limit: Duration = .seconds(90)) async throws -> DemoClient.Status {
        try await client.eventually("the final status of \(commit)", within: limit) {
            try await statuses(commit).last { $0.state != "pending" }
        }
    }

    /// Waits for the end of a build and expects this state, and no other final status.
    func expect(
        _ commit: String, _ state: String, within limit: Duration = .seconds(90),
        location: SourceLocation = #_sourceLocation
    ) async throws {
        let outcome = try await outcome(commit, within: limit)
        #expect(outcome.state == state, "\(outcome.description)", sourceLocation: location)
        let finals = try await statuses(commit).filter { $0.state != "pending" }.map(\.state)
        #expect(finals == [state], sourceLocation: location)
    }

    /// The log of a job; empty while there is none.
    func log(build: Int, hook: String = "tests") async throws -> String {
        try await client.page("\(repository)/builds/\(build)/jobs/\(hook)/log") ?? ""
    }

    /// Waits until the log of a build holds a text.
    func logShows(_ text: String, build: Int = 1) async throws {
        try await client.eventually("'\(text)' in the log", within: .seconds(60)) {
            try await log(build: build).contains(text) ? true : nil
        }
    }

    /// Waits until a page holds a text; quotes and the like stand there as HTML has them.
    func pageShows(_ path: String, _ text: String) async throws {
        try await client.eventually("'\(text)' on /\(path)", within: .seconds(60)) {
            let page = try await client.page(path)
            if page?.contains(text) == true { return true }
            throw Shell.Failed(description: page ?? "no page")
        }
    }

    /// What the page of synchronisation says when there is nothing to do and nothing wrong.
    static let asDeclared = "Everything on GitHub is as declared."

    /// Waits until the page of synchronisation has nothing to complain about.
    func isAsDeclared() async throws { try await pageShows("_sync", Self.asDeclared) }

    /// The client's commands against this server, as somebody calls them who has that token.
    func ask(_ arguments: [String], token: String = "token-of-octocat") async throws -> Shell.Result {
        try await Shell.result(
            Program.kozmic, arguments,
            environment: ["KOZMIC_SERVER": client.kozmic, "KOZMIC_TOKEN": token, "GITHUB_TOKEN": ""],
            withErrors: true)
    }
}
