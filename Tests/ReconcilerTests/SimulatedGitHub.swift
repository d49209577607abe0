import Curl
import Foundation
import GitHub
import GitHubSimulator
import Logging
import Model
import Reconciler
import Testing

/// A stand-in for GitHub with the repository acme/widget, and what the reconciler would remember between passes.
struct SimulatedGitHub {
    private static let token = "ghp_simulated"

    let client: GitHubClient
    let curl: CurlClient
    let url: String

    static func with(_ body: (SimulatedGitHub) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ReconcilerTests-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "simulator")
        logger.logLevel = .error
        let simulator = GitHubSimulator(
            configuration: SimulatorConfiguration(stateDirectory: folder.path), logger: logger,
            onRunning: { port.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { port.finish() }
                try await simulator.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let bound = await iterator.next() else { return try await group.waitForAll() }
            let curl = CurlClient(CurlOptions(usesEnvironmentProxy: false))
            do {
                try await body(SimulatedGitHub(port: bound, curl: curl))
            } catch {
                await curl.close()
                group.cancelAll()
                throw error
            }
            await curl.close()
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
    }

    private init(port: Int, curl: CurlClient) async throws {
        self.curl = curl
        url = "http://127.0.0.1:\(port)"
        var options = GitHubOptions()
        options.firstPause = .milliseconds(5)
        client = GitHubClient(
            apiURL: url + "/api/v3", token: GitHubToken(Self.token), curl: curl, options: options)
        try await control("POST", "users", ["login": "acme", "token": Self.token])
        try await control("POST", "repos", ["owner": "acme", "name": "widget"])
    }

    /// What the reconciler sees.
    func observe(
        _ desired: DesiredRepository, known: [Int64: String]? = [:], inherited: [String: String] = [:],
        name: String = "acme/widget"
    ) async throws -> ObservedRepository {
        try await RepositoryObserver(client: client).observe(
            try await client.repository(name), desired, known: known, inherited: inherited
        ) { () throws(GitHubError) in try await client.user().login }
    }

    /// The webhooks as the simulator itself sees them, with hashes of the secrets.
    func hooks() async throws -> [[String: Any]] {
        let answer = try await control("GET", "repos/acme/widget/hooks", nil)
        return try JSONSerialization.jsonObject(with: Data(answer)) as? [[String: Any]] ?? []
    }

    /// The writes that arrived, such as `PATCH /repos/acme/widget/hooks/1`.
    func writes() async throws -> [String] {
        let answer = try await control("GET", "requests?writes=true", nil)
        let log = try JSONSerialization.jsonObject(with: Data(answer)) as? [String: Any]
        return (log?["requests"] as? [[String: Any]] ?? []).map { "\($0["method"] ?? "") \($0["path"] ?? "")" }
    }

    /// Carries the next such request out and then spoils the answer.
    func loseAnswer(_ method: String, _ path: String, action: String) async throws {
        try await spoil(method, path, action: action, after: true, times: 1)
    }

    /// Spoils the next such requests, before or after they are carried out.
    func spoil(_ method: String, _ path: String, action: String, after: Bool, times: Int) async throws {
        try await control(
            "POST", "faults",
            [
                "target": "request", "method": method, "path": path, "after": after, "action": action,
                "status": 502, "times": times,
            ])
    }

    @discardableResult
    func control(_ method: String, _ path: String, _ body: [String: any Sendable]?) async throws -> [UInt8] {
        let bytes = try body.map { [UInt8](try JSONSerialization.data(withJSONObject: $0)) }
        let response = try await curl.send(
            CurlRequest(
                method: method, url: "\(url)/_control/\(path)",
                headers: [CurlHeader(name: "Content-Type", value: "application/json")],
                body: bytes.map { .bytes($0) } ?? .none))
        guard response.status < 300 else { throw ControlError(text: String(decoding: response.body, as: UTF8.self)) }
        return response.body
    }

    private struct ControlError: Error { var text: String }
}

extension DesiredRepository {
    /// acme/widget, or another repository, without a deploy key.
    init(
        _ name: String = "acme/widget", webhooks: [DesiredWebhook] = [], owner: String? = nil,
        permissions: Permissions = Permissions(),
        deployKey: DesiredDeployKey = DesiredDeployKey(mode: .never, title: "Kozmic \(external)")
    ) throws {
        self.init(
            repository: try #require(RepositoryName(name)), webhooks: webhooks, owner: owner,
            permissions: permissions, deployKey: deployKey)
    }
}
