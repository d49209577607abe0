import Curl
import Foundation
import ServiceLifecycle
import Synchronization

/// The demo: an engine, a stand-in for GitHub and the controller, each a program of its own, and the tour through them.
final class Demo: Service {
    let console = DemoConsole()
    private let folder: String
    private let gitHubPort: Int
    private let kozmicPort: Int
    private let wantedEngine: String?
    private let once: Bool
    private let complete = Mutex(false)
    static let token = "demo-token-of-the-controller"
    /// Of the app that people sign in to; both are worth nothing outside of the demo.
    static let clientID = "demo-app"
    static let clientSecret = "demo-secret-of-the-app"

    /// - Parameters:
    ///   - port: of the page; `nil` for a free one.
    ///   - once: end after the tour instead of leaving the page up.
    /// - Throws: `SettingProblem` when nobody could listen on the port, before anything is made.
    init(port: Int?, dockerHost: String?, once: Bool) throws {
        if let port { try FreePort.check(port) }
        let temporary = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/var/tmp"
        folder = "\(temporary)/kozmic-demo.\(ProcessInfo.processInfo.processIdentifier)"
        gitHubPort = try FreePort.find()
        kozmicPort = try port ?? FreePort.find()
        wantedEngine = dockerHost
        self.once = once
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Whether the tour was made to its end.
    var isComplete: Bool { complete.withLock { $0 } }

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await self.show() }
    }

    /// Removes everything that the demo made on disk.
    func removeFolder() {
        // An engine of our own may leave mounts that a crash of it kept; those make the removal fail, quietly.
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func show() async throws {
        let curl = CurlClient()
        let engine = await DemoEngine.find(wanted: wantedEngine, folder: folder, curl: curl)
        let client = DemoClient(
            gitHub: "http://127.0.0.1:\(gitHubPort)", kozmic: "http://127.0.0.1:\(kozmicPort)", curl: curl)
        // The engine outlives the controller: it is asked to end only when the inner group is gone.
        try await beside(engine.child) {
            try await self.prepare(engine, curl)
            try await self.beside(self.simulator()) {
                let tour = DemoTour(client: client, console: self.console, folder: self.folder)
                try await tour.prepareGitHub()
                let admin = try await tour.adminRepository()
                let result = await Result.catching {
                    try await self.beside(self.controller(admin, engine)) {
                        try await tour.make()
                        self.complete.withLock { $0 = true }
                        if !self.once { try await self.stayUp() }
                    }
                }
                // Not cancelled with the demo: Ctrl-C must not leave anything in somebody else's engine.
                await Task { await engine.clear(dataDirectory: "\(self.folder)/data", curl: curl) }.value
                try result.get()
            }
        }
        await curl.close()
    }

    private func prepare(_ engine: DemoEngine, _ curl: CurlClient) async throws {
        console.heading("Before the first commit")
        if engine.child != nil {
            console.working("no Docker Engine answers: starting one for the demo")
            try await DemoClient(gitHub: "", kozmic: "", curl: curl).eventually("a Docker Engine at \(engine.host)") {
                await DemoEngine.answers(engine.host, curl) ? true : nil
            }
        }
        console.done("a Docker Engine answers at \(engine.host)")
        console.working("the base image kozmic/debian:bookworm (about a minute the first time)")
        try await engine.makeBaseImage("kozmic/debian:bookworm", folder: folder, curl: curl)
        console.done("the base image is there")
    }

    private func simulator() -> ChildProcess {
        ChildProcess(
            name: "the stand-in for GitHub", executable: program,
            arguments: ["simulate-github", "--port", "\(gitHubPort)", "--state-dir", "\(folder)/github"],
            logFile: "\(folder)/github.log")
    }

    private func controller(_ adminRepository: String, _ engine: DemoEngine) -> ChildProcess {
        ChildProcess(
            name: "kozmic serve", executable: program,
            arguments: [
                "serve", "--config-repo", adminRepository, "--data-dir", "\(folder)/data", "--listen",
                "127.0.0.1:\(kozmicPort)", "--github-url", "http://127.0.0.1:\(gitHubPort)", "--docker-host",
                engine.host, "--sync-interval", "1s", "--max-jobs", "2", "--show-private",
                "--oauth-client-id", Self.clientID,
            ],
            environment: [
                "KOZMIC_GITHUB_TOKEN": Self.token, "KOZMIC_OAUTH_CLIENT_SECRET": Self.clientSecret,
            ], logFile: "\(folder)/kozmic.log")
    }

    private func stayUp() async throws {
        console.heading("Have a look")
        console.note("The page:    http://127.0.0.1:\(kozmicPort)/acme/widget")
        console.note("Sign in there, as octocat (nobody asks for a password), and rerun what failed.")
        console.note("Its log:     \(folder)/kozmic.log")
        console.note("Ctrl-C ends the demo and removes everything it made, but for the cached root file system.")
        do { try await Task.sleep(for: .seconds(86_400 * 365)) } catch is CancellationError { return }
    }

    /// This program's own file, so that a demo of a moved binary works too.
    private var program: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    /// Runs a program beside some work and ends it after the work. If the program ends first, the work is cancelled.
    private func beside(_ child: ChildProcess?, _ work: @escaping @Sendable () async throws -> Void) async throws {
        guard let child else { return try await work() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await child.run() }
            group.addTask { try await work() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

extension Result where Success == Void, Failure == any Error {
    /// What came of some work, so that something can be done before it is told.
    fileprivate static func catching(_ work: () async throws -> Void) async -> Self {
        do { return .success(try await work()) } catch { return .failure(error) }
    }
}
