import Curl
import Foundation
import Logging
import Subprocess
import Testing

@testable import GitHubSimulator

/// A running stand-in with a folder of its own; both are gone when the body has ended.
struct SimulatorFixture: Sendable {
    /// What a request got back.
    struct Answer {
        let status: Int
        let headers: CurlHeaders
        let body: [UInt8]
        var json: JSON { (try? JSON(reading: body)) ?? .null }
        var text: String { String(decoding: body, as: UTF8.self) }
        /// The sentences of `errors`.
        var errors: [String] { (json["errors"]?.items ?? []).compactMap { $0["message"]?.text } }
    }

    let url: String
    let folder: String
    let client: CurlClient

    /// Runs the body against a stand-in that knows octocat, hubot, the organization acme and acme/widget.
    static func with(
        webhookTimeout: Duration = .seconds(10), _ body: @Sendable (SimulatorFixture) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "simulator-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        let configuration = SimulatorConfiguration(
            stateDirectory: folder + "/state", webhookTimeout: webhookTimeout)
        var logger = Logger(label: "simulator")
        logger.logLevel = .critical
        let simulator = GitHubSimulator(configuration: configuration, logger: logger) { bound.yield($0) }
        let client = CurlClient(CurlOptions(userAgent: "kozmic-tests", usesEnvironmentProxy: false))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await simulator.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let fixture = SimulatorFixture(url: "http://127.0.0.1:\(port)", folder: folder, client: client)
            do {
                try await fixture.populate()
                try await body(fixture)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
        await client.close()
    }

    private func populate() async throws {
        for login in ["octocat", "hubot", "stranger"] {
            try await control("POST", "/users", ["login": .string(login), "token": .string("\(login)-token")])
        }
        try await control("POST", "/orgs", ["login": "acme", "owners": ["octocat"]])
        try await control(
            "POST", "/repos", ["owner": "acme", "name": "widget", "files": ["README.md": "hello\n", "a.txt": "a\n"]])
    }

    // MARK: Requests

    func send(
        _ method: String, _ url: String, headers: [String: String] = [:], body: [UInt8] = [], agent: CurlClient? = nil
    ) async throws -> Answer {
        let response = try await (agent ?? client).send(
            CurlRequest(
                method: method, url: url, headers: headers.map { CurlHeader(name: $0.key, value: $0.value) },
                body: body.isEmpty ? .none : .bytes(body)))
        return Answer(status: response.status, headers: response.headers, body: response.body)
    }

    /// A REST request below `/api/v3`, by octocat unless another token is named.
    func rest(
        _ method: String, _ path: String, _ body: JSON? = nil, token: String? = "octocat-token",
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var headers = headers
        if let token { headers["Authorization"] = "Bearer \(token)" }
        if body != nil { headers["Content-Type"] = "application/json" }
        let target = path.hasPrefix("http") ? path : url + "/api/v3" + path
        return try await send(method, target, headers: headers, body: body.map { Array($0.encoded.utf8) } ?? [])
    }

    /// A control request that must succeed.
    @discardableResult
    func control(
        _ method: String, _ path: String, _ body: JSON? = nil, location: SourceLocation = #_sourceLocation
    ) async throws -> JSON {
        let answer = try await send(
            method, url + "/_control" + path, body: body.map { Array($0.encoded.utf8) } ?? [])
        #expect(answer.status < 300, "\(method) \(path): \(answer.text)", sourceLocation: location)
        return answer.json
    }

    /// Makes a webhook of acme/widget and answers its number.
    func hook(
        _ address: String, events: [String] = ["push"], secret: String? = "s3cret", form: Bool = false
    ) async throws -> Int64 {
        var config: JSON = ["url": .string(address), "content_type": form ? "form" : "json"]
        if let secret { config = config.adding(["secret": .string(secret)]) }
        let answer = try await rest(
            "POST", "/repos/acme/widget/hooks", ["config": config, "events": JSON(events)])
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(answer.json["id"]?.number)
    }

    /// Commits to acme/widget and answers the commit.
    @discardableResult
    func commit(_ branch: String = "main", _ files: JSON = [:], message: String = "change") async throws -> String {
        let made = try await control(
            "POST", "/repos/acme/widget/commits",
            ["branch": .string(branch), "message": .string(message), "files": files])
        return try #require(made["sha"]?.text)
    }

    func idle() async throws {
        let answer = try await control("GET", "/idle?timeout=20000")
        #expect(answer["idle"]?.flag == true)
    }

    // MARK: git

    /// Runs the git program and answers its exit status and everything it printed.
    func git(
        _ arguments: [String], in directory: String? = nil, variables: [Environment.Key: String?] = [:]
    ) async throws -> (isSuccess: Bool, text: String) {
        let place = ["-C", directory ?? folder, "-c", "user.name=Test", "-c", "user.email=test@example.com"]
        let result = try await Subprocess.run(
            .name("git"), arguments: Arguments(place + ["-c", "init.defaultBranch=main"] + arguments),
            environment: .inherit.updating([
                "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0",
                "HOME": folder, "http_proxy": nil, "all_proxy": nil, "GIT_ASKPASS": "/bin/false",
            ]).updating(variables), output: .string(limit: 1 << 20), error: .combinedWithOutput)
        return (result.terminationStatus.isSuccess, result.standardOutput)
    }

    /// As ``git(_:in:)``, and it must succeed.
    @discardableResult
    func mustGit(_ arguments: String..., in directory: String? = nil) async throws -> String {
        let result = try await git(arguments, in: directory)
        #expect(result.isSuccess, "git \(arguments.joined(separator: " ")): \(result.text)")
        return result.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The address of a repository with a token in it, as a person would type it.
    func remote(_ name: String = "acme/widget", token: String? = "octocat-token") -> String {
        let address = url.replacing("http://", with: "")
        return token.map { "http://x:\($0)@\(address)/\(name).git" } ?? "http://\(address)/\(name).git"
    }
}
