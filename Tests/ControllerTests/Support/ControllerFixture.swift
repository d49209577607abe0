import Curl
import Foundation
import Git
import GitHub
import GitHubSimulator
import Logging
import Model
import Runner
import ServiceLifecycle
import Store
import Testing

@testable import Controller

/// A stand-in for GitHub with the admin repository acme/ci and the project acme/widget, a store, and what the services
/// need; all of it is gone when the body has ended.
struct ControllerFixture: Sendable {
    static let token = "ghp_fixture"
    /// A hook that wants much, and one that wants little.
    static let widget = """
        repository: acme/widget
        hooks:
          tests:
            title: Tests
            on:
              push: {branches: ['**'], tags: ['v*']}
              pull_request: {branches: [main]}
            image: kozmic/debian:bookworm
            build_script: |
              #!/bin/sh
              true
          release:
            title: Release
            on: {push: {branches: ['release/*']}}
            image: kozmic/debian:bookworm
            build_script: |
              #!/bin/sh
              true
        """

    let url: String
    let folder: String
    let curl: CurlClient
    let store: Store
    let client: GitHubClient
    var configuration: ControllerConfiguration
    let logger: Logger

    static func with(_ body: @Sendable (ControllerFixture) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "controller-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var logger = Logger(label: "controller")
        logger.logLevel = .critical
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        let simulator = GitHubSimulator(
            configuration: SimulatorConfiguration(stateDirectory: folder + "/github"), logger: logger
        ) { bound.yield($0) }
        let curl = CurlClient(CurlOptions(userAgent: "kozmic-tests", usesEnvironmentProxy: false))
        let store = try await Store.open(dataDirectory: folder + "/data")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { bound.finish() }
                try? await simulator.run()
            }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let fixture = try ControllerFixture(port: port, folder: folder, curl: curl, store: store, logger: logger)
            do {
                try await fixture.populate()
                try await body(fixture)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
        await store.close()
        await curl.close()
    }

    private init(port: Int, folder: String, curl: CurlClient, store: Store, logger: Logger) throws {
        url = "http://127.0.0.1:\(port)"
        self.folder = folder
        self.curl = curl
        self.store = store
        self.logger = logger
        client = GitHubClient(apiURL: url + "/api/v3", token: GitHubToken(Self.token), curl: curl, logger: logger)
        let credentials = GitCredentials.basic(user: "x-access-token", password: GitSecret(Self.token))
        configuration = ControllerConfiguration(
            dataDirectory: folder + "/data",
            adminRepository: GitRemote(url: url + "/acme/ci.git", credentials: credentials), adminBranch: nil,
            externalURL: "http://127.0.0.1:9", gitHubURL: url, gitCredentials: credentials, maximumJobs: 4,
            syncInterval: .seconds(600), secretKey: try #require(SecretKey(bytes: Array(repeating: 7, count: 32))),
            instance: "fixture")
        configuration.missedEvents = MissedEventsTiming(
            heads: .seconds(600), deliveries: .seconds(600), patience: .zero)
    }

    private func populate() async throws {
        try await control("POST", "/users", ["login": "acme", "token": Self.token])
        try await control("POST", "/users", ["login": "hubot", "token": "ghp_hubot"])
        try await control(
            "POST", "/repos",
            ["owner": "acme", "name": "ci", "private": true, "files": ["projects/widget.yaml": Self.widget]])
        try await control("POST", "/repos", ["owner": "acme", "name": "widget", "files": ["README.md": "hello\n"]])
    }

    // MARK: Services

    var mirrors: ProjectMirrors { ProjectMirrors(configuration: configuration) }

    var missedEvents: MissedEvents {
        missedEvents(GitHubHints(store.changes))
    }

    func missedEvents(_ hints: GitHubHints) -> MissedEvents {
        MissedEvents(
            configuration: configuration, store: store, client: client, hints: hints, mirrors: mirrors,
            logger: logger)
    }

    /// Reads the admin repository and answers the project.
    @discardableResult
    func sync() async throws -> ProjectRecord {
        #expect(await ConfigSync(configuration: configuration, store: store, logger: logger).pass())
        return try #require(try await store.project(widgetName))
    }

    /// Makes the webhooks of all projects.
    func reconcile() async {
        let loop = ReconcileLoop(configuration: configuration, store: store, client: client, logger: logger)
        _ = await loop.pass()
    }

    var adminWebhook: AdminWebhook {
        get throws {
            AdminWebhook(
                repository: try #require(configuration.adminRepositoryName), configuration: configuration,
                store: store, client: client, logger: logger)
        }
    }

    /// What a delivery of the admin repository's webhook goes through.
    var configurationServices: [any Service] {
        Controller(
            configuration: configuration, store: store, client: client, curl: curl, executor: ScriptedExecutor(),
            logger: logger
        ).services.filter { $0 is DeliveryIntake || $0 is ConfigSync }
    }

    /// Runs the scheduler and the reporter while the body runs.
    func withJobs(_ body: @Sendable () async throws -> Void) async throws {
        let services: [any Service] = [
            StatusReporter(store: store, client: client, logger: logger),
            Scheduler(
                configuration: configuration, store: store, executor: ScriptedExecutor(), mirrors: mirrors,
                logger: logger),
        ]
        try await withServices(services, body)
    }

    /// Runs the services while the body runs.
    func withServices(_ services: [any Service], _ body: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service.run() } }
            do {
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    /// Waits for changes of the store until the condition holds.
    func until(
        _ topics: Set<ChangeSignal.Topic>, _ what: String, _ holds: @escaping @Sendable () async throws -> Bool
    ) async throws {
        let changes = store.changes.subscribe(topics)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Task.sleep(for: .seconds(60))
                throw Late(description: what)
            }
            group.addTask {
                var iterator = changes.makeAsyncIterator()
                while try await !holds(), await iterator.next() != nil {}
            }
            try await group.next()
            group.cancelAll()
        }
    }

    struct Late: Error, CustomStringConvertible { var description: String }

    /// Asks the stand-in for GitHub again and again, which says nothing by itself, for at most a minute.
    func eventually(_ holds: () async throws -> Bool) async throws {
        for _ in 0..<600 {
            if try await holds() { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("it never held")
    }

    // MARK: The stand-in

    var widgetName: RepositoryName {
        get throws { try #require(RepositoryName("acme/widget")) }
    }

    /// A control request that must succeed; answers its JSON.
    @discardableResult
    func control(
        _ method: String, _ path: String, _ body: [String: Any]? = nil, location: SourceLocation = #_sourceLocation
    ) async throws -> Any {
        let bytes = try body.map { [UInt8](try JSONSerialization.data(withJSONObject: $0)) }
        let response = try await curl.send(
            CurlRequest(method: method, url: url + "/_control" + path, body: bytes.map { .bytes($0) } ?? .none))
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(response.status < 300, "\(method) \(path): \(text)", sourceLocation: location)
        guard !response.body.isEmpty else { return [String: Any]() }
        return try JSONSerialization.jsonObject(with: Data(response.body))
    }

    func list(_ path: String) async throws -> [[String: Any]] {
        try #require(try await control("GET", path) as? [[String: Any]])
    }

    /// Commits to a repository and answers the commit.
    @discardableResult
    func commit(
        _ branch: String = "main", message: String = "change", files: [String: String] = [:],
        to repository: String = "acme/widget"
    ) async throws -> String {
        let answer = try await control(
            "POST", "/repos/\(repository)/commits", ["branch": branch, "message": message, "files": files])
        return try #require((answer as? [String: Any])?["sha"] as? String)
    }

    /// The REST requests that changed something.
    func writes() async throws -> [String] {
        let answer = try await control("GET", "/requests?writes=true") as? [String: Any]
        let requests = try #require(answer?["requests"] as? [[String: Any]])
        return requests.compactMap { $0["path"] as? String }
    }

    /// How many requests git made under a path.
    func gitRequests(of path: String) async throws -> Int {
        let answer = try await control("GET", "/requests") as? [String: Any]
        let requests = try #require(answer?["requests"] as? [[String: Any]])
        return requests.count { $0["kind"] as? String == "git" && ($0["path"] as? String)?.hasPrefix(path) == true }
    }

    /// The states of a commit's statuses, oldest first.
    func states(_ commit: String) async throws -> [String] {
        try await list("/repos/acme/widget/statuses/\(commit)").compactMap { $0["state"] as? String }
    }
}
