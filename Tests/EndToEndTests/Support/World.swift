import Curl
import Foundation
import Testing

@testable import kozmic

/// A stand-in for GitHub and a controller, each a program of its own, with everything in one folder that is removed
/// afterwards. The controller can be killed and started again on the same data.
final class World: Sendable {
    /// The engine that the tests may use; `nil` when there is none.
    static let engine = ProcessInfo.processInfo.environment["KOZMIC_TEST_DOCKER_HOST"]
    /// An image with bash, git, sudo and the user `kozmic`.
    static let image = ProcessInfo.processInfo.environment["KOZMIC_TEST_IMAGE"] ?? "kozmic/debian:bookworm"
    /// A registry on loopback.
    static let registry = ProcessInfo.processInfo.environment["KOZMIC_TEST_REGISTRY"]
    /// The controller's token.
    static let token = "token-of-the-controller-under-test"

    /// What is different in a world.
    struct Setup: Sendable {
        /// Whether the controller is started and its webhooks waited for.
        var serves = true
        /// Whether the stand-in for GitHub is started.
        var hasGitHub = true
        /// What `IMAGE` stands for in the files.
        var image = World.image
        /// The controller's engine.
        var engine = World.engine ?? "unix:///nonexistent"
        /// Where the test itself looks, if there is something between the controller and its engine.
        var directEngine: String?
        /// Where the controller keeps its data, unless in the world's folder.
        var dataDirectory: String?
        /// The webhooks that the files ask for.
        var webhooks = 1
        /// How many containers wait for jobs. Most tests look for their jobs' own.
        var standby = 0
    }

    /// Everything is in here.
    let folder: String
    /// Where the controller keeps its data.
    let dataDirectory: String
    /// Asks both programs.
    let client: DemoClient
    /// The project's repository.
    let repository: String
    /// What this world was made with.
    let setup: Setup
    let curl = CurlClient()
    let gitHubPort: Int
    private let kozmicPort: Int
    private let simulator = Program()
    private let controller = Program()

    /// Runs `body` in a world with one project and removes the world, whatever happened.
    ///
    /// - Parameter files: of the admin repository; `REPOSITORY` and `IMAGE` in them stand for the world's own.
    static func with(
        _ files: [String: String], _ setup: Setup = Setup(), _ body: (World) async throws -> Void,
        location: SourceLocation = #_sourceLocation
    ) async throws {
        await Permits.worlds.take()
        let world = try World(setup)
        do {
            if setup.hasGitHub { try await world.startGitHub(files) }
            if setup.serves { try await world.serve() }
            try await body(world)
        } catch {
            Issue.record(
                "\(error)\n--- kozmic serve:\n\(world.controllerLog.suffix(8000))", sourceLocation: location)
        }
        await world.remove()
        await Permits.worlds.giveBack()
    }

    private init(_ setup: Setup) throws {
        let name = "t\(UInt32.random(in: 0...UInt32.max))"
        folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-e2e-\(name)").path
        dataDirectory = setup.dataDirectory ?? "\(folder)/data"
        repository = "acme/\(name)"
        self.setup = setup
        gitHubPort = try FreePort.find()
        kozmicPort = try FreePort.find()
        client = DemoClient(
            gitHub: "http://127.0.0.1:\(gitHubPort)", kozmic: "http://127.0.0.1:\(kozmicPort)", curl: curl)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// Starts the stand-in for GitHub and makes users, the project's repository and, if there are files, the admin
    /// repository.
    func startGitHub(_ files: [String: String]) async throws {
        try simulator.start(
            [Program.kozmic, "simulate-github", "--port", "\(gitHubPort)", "--state-dir", "\(folder)/github"],
            log: "\(folder)/github.log")
        try await client.eventually("the stand-in for GitHub") { try await client.control("GET", "health") }
        try await client.control("POST", "users", ["login": "octocat", "token": "token-of-octocat"])
        try await client.control("POST", "users", ["login": "kozmic", "token": Self.token])
        try await client.control("POST", "orgs", ["login": "acme", "owners": ["octocat", "kozmic"]])
        try await makeRepository(String(repository.dropFirst(5)), ["README": "first\n"])
        if !files.isEmpty { try await makeRepository("config", filled(files), isPrivate: true) }
    }

    /// Files with the world's names in them.
    func filled(_ files: [String: String]) -> [String: String] {
        files.mapValues { $0.replacing("REPOSITORY", with: repository).replacing("IMAGE", with: setup.image) }
    }

    /// Starts the controller.
    ///
    /// - Parameter more: flags, the last of which count.
    func launch(_ more: [String] = [], token: String = World.token) throws {
        try controller.start(
            [
                Program.kozmic, "serve", "--config-repo", "\(client.gitHub)/acme/config.git", "--data-dir",
                dataDirectory, "--listen", "127.0.0.1:\(kozmicPort)", "--github-url", client.gitHub, "--docker-host",
                setup.engine, "--sync-interval", "1s", "--max-jobs", "2", "--standby", "\(setup.standby)",
                "--show-private",
            ] + more, environment: ["KOZMIC_GITHUB_TOKEN": token], log: "\(folder)/kozmic.log")
    }

    /// Starts the controller and waits until its page is there and its webhooks.
    ///
    /// - Parameter count: how many webhooks to wait for; `nil` for those of the setup, 0 for none.
    func serve(_ more: [String] = [], token: String = World.token, webhooks count: Int? = nil) async throws {
        try launch(more, token: token)
        try await client.eventually("the controller", within: .seconds(60)) {
            guard controller.isRunning else { throw Shell.Failed(description: "kozmic serve ended") }
            return try await client.page("_health/live")
        }
        let count = count ?? setup.webhooks
        guard count > 0 else { return }
        try await client.eventually("\(count) webhooks", within: .seconds(60)) {
            try await webhooks().count == count ? true : nil
        }
    }

    /// kill -9, waited for.
    func kill() async { await controller.end(SIGKILL) }

    /// SIGTERM, waited for.
    ///
    /// - Returns: whether the controller ended by itself within 20 s.
    @discardableResult
    func stop() async -> Bool { await controller.end(SIGTERM) }

    /// Ends the stand-in for GitHub.
    func stopGitHub() async { await simulator.end(SIGTERM) }

    /// The controller's memory.
    var memory: Program.Memory? { controller.memory }

    /// Whether the controller runs.
    var isServing: Bool { controller.isRunning }

    /// What the controller printed, all its lives together.
    var controllerLog: String {
        String(decoding: FileManager.default.contents(atPath: "\(folder)/kozmic.log") ?? Data(), as: UTF8.self)
    }

    private func remove() async {
        await controller.end(SIGTERM)
        await simulator.end(SIGTERM)
        await curl.close()
        await clearEngine()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
