import Curl
import Foundation
import GitHub
import GitHubSimulator
import Logging

/// A stand-in for GitHub with the repository acme/widget, and what the reconciler would remember between passes.
struct SimulatedGitHub {
    private static let token = "ghp_simulated"

    let client: GitHubClient
    private let curl: CurlClient
    private let url: String

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
        client = GitHubClient(apiURL: url + "/api/v3", token: GitHubToken(Self.token), curl: curl)
        try await control("POST", "users", ["login": "acme", "token": Self.token])
        try await control("POST", "repos", ["owner": "acme", "name": "widget"])
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
        try await control(
            "POST", "faults",
            ["target": "request", "method": method, "path": path, "after": true, "action": action, "status": 502])
    }

    @discardableResult
    private func control(_ method: String, _ path: String, _ body: [String: any Sendable]?) async throws -> [UInt8] {
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
