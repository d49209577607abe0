import Curl
import Foundation
import GitHub
import Testing

@Suite("A GitHub App against the stand-in for GitHub")
struct AppTests {
    private static let permissions = [
        "contents": "read", "repository_hooks": "write", "statuses": "write", "administration": "write",
        "pull_requests": "read",
    ]

    /// With the organizations acme and guild, each with a repository, and an app that is installed for acme.
    private static func with(
        _ body: (SimulatedGitHub, GitHubClient, _ app: Int64) async throws -> Void
    ) async throws {
        try await SimulatedGitHub.with { gitHub in
            try await gitHub.control("POST", "users", ["login": "octocat"])
            try await gitHub.control("POST", "orgs", ["login": "guild", "owners": ["octocat"]])
            try await gitHub.control("POST", "repos", ["owner": "guild", "name": "gear", "private": true])
            let answer = try await gitHub.control(
                "POST", "apps",
                ["slug": "kozmic", "owner": "octocat", "public_key": AppKeys.publicKey, "permissions": permissions])
            let made = try JSONSerialization.jsonObject(with: Data(answer)) as? [String: Any]
            let id = try #require((made?["id"] as? NSNumber)?.int64Value)
            try await gitHub.control("POST", "apps/\(id)/installations", ["account": "acme"])
            try await body(gitHub, try gitHub.appClient(id, key: AppKeys.privateKey), id)
        }
    }

    @Test("each owner's requests carry a token of that owner's installation, also when it ended in the middle")
    func owners() async throws {
        try await Self.with { gitHub, client, app in
            #expect(try await client.hooks("acme/widget").isEmpty)
            // Asked for as soon as somebody needs it, but not more than once a minute.
            for _ in 0..<3 {
                let error = await failure { () throws(GitHubError) in try await client.hooks("guild/gear") }
                #expect(error?.kind == .notInstalled)
                #expect(error?.message.contains("guild") == true)
            }
            #expect(try await gitHub.requests("/app/installations") == 1)
            try await gitHub.control("POST", "apps/\(app)/installations", ["account": "guild"])
            let later = try gitHub.appClient(app, key: AppKeys.privateKey)
            _ = try await later.hooks("guild/gear")
            _ = try await later.hooks("acme/widget")
            #expect(Set(later.quotas().map(\.identity)).count == 2)
            #expect(later.quotas().allSatisfy { ($0.remaining ?? 0) > 4900 })

            try await gitHub.control("DELETE", "apps/\(app)/tokens", nil)
            try await gitHub.control("DELETE", "requests", nil)
            let spec = GitHubHookSpec(
                url: "https://ci.example.org/_hooks/guild/gear/x", events: ["push"], secret: GitHubSecret("s"))
            _ = try await later.createHook("guild/gear", spec)
            _ = try await later.hooks("guild/gear")
            #expect(try await gitHub.requests("/repos/guild/gear/hooks") == 3, "refused, made, read")
            #expect(try await gitHub.control("GET", "repos/guild/gear/hooks", nil).isEmpty == false)
            let password = try #require(try await later.gitPassword("guild/gear"))
            #expect(password.hasPrefix("ghs_"))
            #expect(try await later.gitPassword("acme/widget") != password)
        }
    }

    @Test("a token that ends soon is replaced before it is used; many who need one make one")
    func renewal() async throws {
        try await Self.with { gitHub, client, app in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try await client.hooks("acme/widget") } }
                try await group.waitForAll()
            }
            #expect(try await gitHub.requests("access_tokens") == 1)
            try await gitHub.control("PATCH", "apps/\(app)", ["token_seconds": 100])
            try await gitHub.control("DELETE", "apps/\(app)/tokens", nil)
            _ = try await client.hooks("acme/widget")
            #expect(try await gitHub.requests("access_tokens") == 2)
            // Fewer than five minutes are left of this one.
            _ = try await client.hooks("acme/widget")
            #expect(try await gitHub.requests("access_tokens") == 3)
        }
    }

    @Test("what the app may not do, a suspended installation, and a wrong key are errors of their own")
    func refusals() async throws {
        try await Self.with { gitHub, client, app in
            var granted = Self.permissions
            granted["repository_hooks"] = "read"
            try await gitHub.control("PATCH", "apps/\(app)/installations/acme", ["permissions": granted])
            let spec = GitHubHookSpec(url: "https://ci.example.org/x", events: ["push"], secret: GitHubSecret("s"))
            let forbidden = await failure { () throws(GitHubError) in
                try await client.createHook("acme/widget", spec)
            }
            #expect(forbidden?.kind == .forbidden)
            #expect(forbidden?.message == "Resource not accessible by integration")
            let user = await failure { () throws(GitHubError) in try await client.user() }
            #expect(user?.kind == .forbidden)

            try await gitHub.control("PATCH", "apps/\(app)/installations/acme", ["suspended": true])
            let fresh = try gitHub.appClient(app, key: AppKeys.privateKey)
            let suspended = await failure { () throws(GitHubError) in try await fresh.hooks("acme/widget") }
            #expect(suspended?.kind == .notInstalled)
            #expect(suspended?.message.contains("suspended") == true)

            let stranger = try gitHub.appClient(app + 1, key: AppKeys.privateKey)
            let unknown = await failure { () throws(GitHubError) in try await stranger.hooks("acme/widget") }
            #expect(unknown?.kind == .unauthorized)
            #expect(throws: GitHubError.self) { try GitHubApp(id: "1", privateKey: "-----BEGIN nothing") }
            let secret = AppKeys.privateKey.split(separator: "\n")[1]
            #expect(!"\(try GitHubApp(id: "1", privateKey: AppKeys.privateKey)) \(client)".contains(secret))
        }
    }

    private func failure<Value>(_ body: () async throws(GitHubError) -> Value) async -> GitHubError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }
}

extension SimulatedGitHub {
    /// A client that is that app.
    fileprivate func appClient(_ id: Int64, key: String) throws -> GitHubClient {
        var options = GitHubOptions()
        options.firstPause = .milliseconds(5)
        return GitHubClient(
            apiURL: url + "/api/v3", app: try GitHubApp(id: "\(id)", privateKey: key), curl: curl, options: options)
    }

    /// How many requests whose path ends so arrived.
    fileprivate func requests(_ end: String) async throws -> Int {
        let answer = try await control("GET", "requests", nil)
        let log = try JSONSerialization.jsonObject(with: Data(answer)) as? [String: Any]
        return (log?["requests"] as? [[String: Any]] ?? []).count { ($0["path"] as? String)?.hasSuffix(end) == true }
    }
}
