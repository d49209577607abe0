import Curl
import Foundation
import GitHub
import GitHubSimulator
import Logging
import Testing

/// A stand-in for GitHub with an app that people sign in to.
struct StandIn: Sendable {
    static let token = "ghp_of_the_server"
    static let clientID = "Iv1.kozmic"
    static let secret = "the-secret-of-the-app"

    let url: String
    let curl: CurlClient

    /// Runs one beside a test.
    static func with(callback: String, _ body: @Sendable (StandIn) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-stand-in-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "simulator")
        logger.logLevel = .error
        let simulator = GitHubSimulator(
            configuration: SimulatorConfiguration(stateDirectory: folder), logger: logger,
            onRunning: { port.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { port.finish() }
                try await simulator.run()
            }
            guard let bound = await ports.first(where: { _ in true }) else { return try await group.waitForAll() }
            let curl = CurlClient(CurlOptions(usesEnvironmentProxy: false))
            let result: Result<Void, any Error>
            do {
                let standIn = StandIn(url: "http://127.0.0.1:\(bound)", curl: curl)
                try await standIn.control("POST", "users", ["login": "kozmic", "token": token])
                for login in ["mona", "hubot"] { try await standIn.control("POST", "users", ["login": login]) }
                try await standIn.control(
                    "POST", "oauth/apps",
                    ["client_id": clientID, "client_secret": secret, "callback_url": callback])
                result = .success(try await body(standIn))
            } catch {
                result = .failure(error)
            }
            await curl.close()
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
            try result.get()
        }
    }

    /// What the server signs people in with.
    var oauth: GitHubOAuth { oauth(secret: Self.secret) }

    func oauth(secret: String) -> GitHubOAuth {
        var options = GitHubOptions()
        options.attempts = 1
        let client = GitHubClient(
            apiURL: "\(url)/api/v3", token: GitHubToken(Self.token), curl: curl, options: options)
        return GitHubOAuth(
            gitHubURL: url, client: client, clientID: Self.clientID, clientSecret: GitHubSecret(secret))
    }

    /// Who sits in front of the browser.
    func browser(_ login: String?) async throws {
        let body: [String: any Sendable] = login.map { ["user": $0] } ?? [:]
        try await control("PUT", "oauth/browser", body)
    }

    @discardableResult
    func control(_ method: String, _ path: String, _ body: [String: any Sendable]? = nil) async throws -> Data {
        let bytes = try body.map { [UInt8](try JSONSerialization.data(withJSONObject: $0)) }
        let response = try await curl.send(
            CurlRequest(method: method, url: "\(url)/_control/\(path)", body: bytes.map { .bytes($0) } ?? .none))
        try #require(response.status < 300, "\(String(decoding: response.body, as: UTF8.self))")
        return Data(response.body)
    }

    /// What a browser does at GitHub: asks for the page and is sent back. Answers the address it is sent to.
    func authorize(_ address: String) async throws -> String {
        let response = try await curl.send(CurlRequest(url: address))
        try #require(response.status == 302)
        return try #require(response.headers["Location"])
    }
}
