import Curl
import Foundation
import Testing

@testable import kozmic

/// A stand-in for GitHub and a controller, each a program of its own, with everything in one folder that is removed
/// afterwards. The controller can be killed and started again on the same data.
final class World: Sendable {
    static let engine = ProcessInfo.processInfo.environment["KOZMIC_TEST_DOCKER_HOST"]
    static let image = ProcessInfo.processInfo.environment["KOZMIC_TEST_IMAGE"] ?? "kozmic/debian:bookworm"
    static let registry = ProcessInfo.processInfo.environment["KOZMIC_TEST_REGISTRY"]
    static let token = "token-of-the-controller-under-test"

    let folder: String
    let client: DemoClient
    let repository: String
    private let gitHubPort: Int
    private let kozmicPort: Int
    private let curl: CurlClient
    private let simulator = Program()
    private let controller = Program()

    /// Runs `body` in a world with one project and removes the world, whatever happened.
    ///
    /// - Parameter files: of the admin repository; `REPOSITORY` and `IMAGE` in them stand for the world's own.
    static func with(
        _ files: [String: String], serve: Bool = true, _ body: (World) async throws -> Void
    ) async throws {
        let world = try World()
        do {
            try await world.prepare(files)
            if serve { try await world.serve() }
            try await body(world)
        } catch {
            Issue.record("\(error)\n--- kozmic serve:\n\(world.controllerLog.suffix(6000))")
        }
        await world.end()
    }

    private init() throws {
        let name = "t\(UInt32.random(in: 0...UInt32.max))"
        folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-e2e-\(name)").path
        repository = "acme/\(name)"
        gitHubPort = try FreePort.find()
        kozmicPort = try FreePort.find()
        curl = CurlClient()
        client = DemoClient(
            gitHub: "http://127.0.0.1:\(gitHubPort)", kozmic: "http://127.0.0.1:\(kozmicPort)", curl: curl)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func prepare(_ files: [String: String]) async throws {
        try simulator.start(
            ["simulate-github", "--port", "\(gitHubPort)", "--state-dir", "\(folder)/github"],
            log: "\(folder)/github.log")
        try await client.eventually("the stand-in for GitHub") { try await client.control("GET", "health") }
        try await client.control("POST", "users", ["login": "octocat"])
        try await client.control("POST", "users", ["login": "kozmic", "token": Self.token])
        try await client.control("POST", "orgs", ["login": "acme", "owners": ["octocat", "kozmic"]])
        let name = String(repository.dropFirst(5))
        try await client.control(
            "POST", "repos", ["owner": "acme", "name": name, "files": ["README": "first\n"] as [String: any Sendable]])
        try await client.control(
            "POST", "repos",
            ["owner": "acme", "name": "config", "private": true, "files": filled(files) as [String: any Sendable]])
    }

    private func filled(_ files: [String: String]) -> [String: String] {
        files.mapValues {
            $0.replacing("REPOSITORY", with: repository).replacing("IMAGE", with: Self.image)
        }
    }

    /// Starts the controller and waits until its page and, unless told otherwise, its webhooks are there.
    func serve(_ more: [String] = [], hooks: Int? = 1) async throws {
        try controller.start(
            [
                "serve", "--config-repo", "\(client.gitHub)/acme/config.git", "--data-dir", "\(folder)/data", "--listen",
                "127.0.0.1:\(kozmicPort)", "--github-url", client.gitHub, "--docker-host",
                Self.engine ?? "unix:///var/run/docker.sock", "--sync-interval", "1s", "--max-jobs", "2",
            ] + more, environment: ["KOZMIC_GITHUB_TOKEN": Self.token], log: "\(folder)/kozmic.log")
        try await client.eventually("the controller") { try await client.page("_health/live") }
        guard let hooks else { return }
        try await client.eventually("\(hooks) webhooks") {
            try await webhooks().count == hooks ? true : nil
        }
    }

    /// kill -9, waited for.
    func kill() async { await controller.end(SIGKILL) }
    /// SIGTERM, waited for.
    func stop() async { await controller.end(SIGTERM) }
    /// The resident memory of the controller in bytes, `nil` when it does not run.
    var controllerMemory: Int? { controller.residentMemory }
    /// What the controller printed, all its lives together.
    var controllerLog: String { (try? String(contentsOfFile: "\(folder)/kozmic.log", encoding: .utf8)) ?? "" }

    private func end() async {
        await controller.end(SIGTERM)
        await simulator.end(SIGTERM)
        await curl.close()
        _ = try? Shell.run("docker", Self.leftoversScript(instance))
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The controller's name on labels.
    var instance: String {
        ((try? String(contentsOfFile: "\(folder)/data/instance", encoding: .utf8)) ?? "none")
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Containers and volumes of this world that are still in the engine.
    func leftovers() throws -> [String] {
        let filter = "label=kozmic.instance=\(instance)"
        let containers = try Shell.run("docker", ["ps", "--all", "--quiet", "--filter", filter])
        let volumes = try Shell.run("docker", ["volume", "ls", "--quiet", "--filter", filter])
        return (containers + volumes).split(separator: "\n").map(String.init)
    }

    private static func leftoversScript(_ instance: String) -> [String] {
        ["container", "prune", "--force", "--filter", "label=kozmic.instance=\(instance)"]
    }
}

extension World {
    /// Commits files to the project's repository, as a push. Answers the commit.
    func push(_ files: [String: String], message: String = "A change", branch: String = "main") async throws -> String {
        try await client.control(
            "POST", "repos/\(repository)/commits",
            ["branch": branch, "message": message, "files": files as [String: any Sendable]],
            as: DemoClient.Commit.self
        ).sha
    }

    /// Commits files to the admin repository.
    func configure(_ files: [String: String]) async throws {
        try await client.control(
            "POST", "repos/acme/config/commits",
            ["branch": "main", "message": "Configure", "files": filled(files) as [String: any Sendable]])
    }

    /// The project's webhooks on GitHub.
    func webhooks() async throws -> [DemoClient.Webhook] {
        try await client.control("GET", "repos/\(repository)/hooks", as: [DemoClient.Webhook].self)
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

    /// The log of a job; empty while there is none.
    func log(build: Int, hook: String = "tests") async throws -> String {
        try await client.page("\(repository)/builds/\(build)/jobs/\(hook)/log") ?? ""
    }

    /// Waits until the log of build 1 holds a text.
    func logShows(_ text: String, build: Int = 1) async throws {
        try await client.eventually("'\(text)' in the log") {
            try await log(build: build).contains(text) ? true : nil
        }
    }
}
