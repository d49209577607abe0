import Curl
import Foundation
import Git
import GitHub
import GitHubSimulator
import Logging
import Model
import Store
import Testing

@testable import Controller

/// A stand-in for GitHub, a store, and what reconciles the one with the other.
struct GitHubWorld {
    static let token = "ghp_simulated"

    let store: Store
    let folder: String
    let configuration: ControllerConfiguration
    let curl: CurlClient
    private let url: String

    /// With the organization guild (its owner is the token's account, kozmic), its private repository gear, and its
    /// public one widget.
    ///
    /// - Parameter sshAddress: of a server for git over SSH, if there is one.
    static func with(sshAddress: String? = nil, _ body: (GitHubWorld) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ControllerTests-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "simulator")
        logger.logLevel = .error
        let simulator = GitHubSimulator(
            configuration: SimulatorConfiguration(
                stateDirectory: folder.path + "/github", sshAddress: sshAddress), logger: logger,
            onRunning: { port.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { port.finish() }
                try await simulator.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let bound = await iterator.next() else { return try await group.waitForAll() }
            let curl = CurlClient(CurlOptions(usesEnvironmentProxy: false))
            let store = try await Store.open(dataDirectory: folder.path + "/data")
            let result: Result<Void, any Error>
            do {
                let world = try GitHubWorld(port: bound, curl: curl, store: store, folder: folder.path)
                try await world.prepare()
                result = .success(try await body(world))
            } catch {
                result = .failure(error)
            }
            await store.close()
            await curl.close()
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
            try result.get()
        }
    }

    private init(port: Int, curl: CurlClient, store: Store, folder: String) throws {
        self.store = store
        self.folder = folder
        self.curl = curl
        url = "http://127.0.0.1:\(port)"
        let key = try #require(SecretKey(bytes: [UInt8](repeating: 9, count: 32)))
        configuration = ControllerConfiguration(
            dataDirectory: folder + "/data", adminRepository: GitRemote(url: "\(url)/guild/config.git"),
            adminBranch: nil, externalURL: "https://ci.example.org", gitHubURL: url, gitCredentials: .none,
            maximumJobs: 1, syncInterval: .seconds(60), secretKey: key, instance: "test")
    }

    private func prepare() async throws {
        for login in ["alice", "octocat"] { try await control("POST", "users", ["login": login]) }
        try await control("POST", "users", ["login": "kozmic", "token": Self.token])
        try await control("POST", "orgs", ["login": "guild", "owners": ["kozmic", "octocat"]])
        try await control("POST", "repos", ["owner": "guild", "name": "gear", "private": true])
        try await control("POST", "repos", ["owner": "guild", "name": "widget"])
    }

    /// A client that begins with no cache and no closed gate.
    var client: GitHubClient { client() }

    /// The same, with answers of an earlier one.
    func client(archive: (any GitHubArchive)? = nil) -> GitHubClient {
        var options = GitHubOptions()
        options.archive = archive
        options.firstPause = .milliseconds(2)
        // A test is in a hurry; that requests are paced is tested elsewhere.
        options.pacing = .unlimited
        return GitHubClient(apiURL: url + "/api/v3", token: GitHubToken(Self.token), curl: curl, options: options)
    }

    /// Declares exactly these projects and gives their records.
    @discardableResult
    func declare(_ projects: [Project], commit: String) async throws -> [ProjectRecord] {
        try await store.applyConfig(
            DesiredState(projects: projects),
            revision: ConfigRevision(commit: commit, authorName: "Mona", committedAt: Date(), message: "Configure"))
        return try await store.activeProjects()
    }

    /// One pass over a project, as it is in the store now.
    @discardableResult
    func reconcile(
        _ name: String, client: GitHubClient? = nil, secretKeys: [SecretKey]? = nil,
        knownHosts: String? = nil, trial: (@Sendable (GitRemote) async throws -> Void)? = nil
    ) async throws -> ReconcileResult {
        let repository = try #require(RepositoryName(name))
        let project = try #require(try await store.project(repository))
        var configuration = configuration
        if let secretKeys, let first = secretKeys.first {
            configuration.secretKey = first
            configuration.oldSecretKeys = Array(secretKeys.dropFirst())
        }
        return try await ProjectReconciler(
            configuration: configuration, store: store, client: client ?? self.client, trial: trial,
            knownHosts: knownHosts
        ).reconcile(project)
    }

    /// What a loop that was started now does about all projects; nothing is logged.
    func pass() async {
        var logger = Logger(label: "reconcile")
        logger.logLevel = .critical
        let loop = ReconcileLoop(configuration: configuration, store: store, client: client, logger: logger)
        _ = await loop.pass()
    }

    /// The same stand-in for GitHub with an empty database, as after the loss of the old one.
    func withLostDatabase(_ body: (GitHubWorld) async throws -> Void) async throws {
        let fresh = try await Store.open(dataDirectory: folder + "/data-\(UUID().uuidString)")
        let result: Result<Void, any Error>
        do { result = .success(try await body(GitHubWorld(self, store: fresh))) } catch { result = .failure(error) }
        await fresh.close()
        try result.get()
    }

    private init(_ other: GitHubWorld, store: Store) {
        self.store = store
        folder = other.folder
        configuration = other.configuration
        curl = other.curl
        url = other.url
    }

    /// A project with one hook, `tests`.
    static func project(
        _ name: String, drift: HookSettings.DriftMode = .heal, _ change: (inout Project) -> Void = { _ in }
    ) throws -> Project {
        let hook = Hook(
            id: try #require(HookID("tests")), image: "debian", buildScript: "#!/bin/sh\ntrue\n")
        var project = Project(repository: try #require(RepositoryName(name)), hooks: [hook], file: "projects/x.yaml")
        project.settings.drift = drift
        project.hooks[0].settings.drift = drift
        change(&project)
        return project
    }

    /// A control route's answer.
    @discardableResult
    func control(_ method: String, _ path: String, _ body: [String: any Sendable]? = nil) async throws -> Data {
        try await send(method, "\(url)/_control/\(path)", body)
    }

    /// What somebody with that token does by hand.
    func rest(
        _ method: String, _ path: String, token: String, _ body: [String: any Sendable]? = nil
    ) async throws -> Data {
        try await send(
            method, "\(url)/api/v3\(path)", body, [CurlHeader(name: "Authorization", value: "Bearer \(token)")])
    }

    private func send(
        _ method: String, _ url: String, _ body: [String: any Sendable]?, _ headers: [CurlHeader] = []
    ) async throws -> Data {
        let bytes = try body.map { [UInt8](try JSONSerialization.data(withJSONObject: $0)) }
        let response = try await curl.send(
            CurlRequest(
                method: method, url: url,
                headers: [CurlHeader(name: "Content-Type", value: "application/json")] + headers,
                body: bytes.map { .bytes($0) } ?? .none))
        guard response.status < 300 else {
            throw ControlError(text: "\(method) \(url): \(String(decoding: response.body, as: UTF8.self))")
        }
        return Data(response.body)
    }

    /// The writes that arrived since the last call, such as `PATCH /repos/guild/widget/hooks/1`.
    func newWrites() async throws -> [String] {
        let answer = try await control("GET", "requests?writes=true")
        try await control("DELETE", "requests")
        let log = try JSONSerialization.jsonObject(with: answer) as? [String: Any]
        return (log?["requests"] as? [[String: Any]] ?? []).map { "\($0["method"] ?? "") \($0["path"] ?? "")" }
    }

    private struct ControlError: Error { var text: String }
}
