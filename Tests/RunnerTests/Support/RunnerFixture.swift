import Curl
import DockerEngine
import Foundation
import Git
import Model
import Testing

@testable import Runner

/// A real engine, a repository made by the real git with a mirror of it, and an executor; all of it is removed at the
/// test's end.
struct RunnerFixture: Sendable {
    static let host = ProcessInfo.processInfo.environment["KOZMIC_TEST_DOCKER_HOST"]
    static let image = ProcessInfo.processInfo.environment["KOZMIC_TEST_IMAGE"] ?? "kozmic/debian:bookworm"

    let root: String
    let curl: CurlClient
    let engine: DockerEngine
    let mirror: GitMirror
    let executor: DockerExecutor
    /// Different in each test, and so are the labels.
    let instance = "test-\(UUID().uuidString.prefix(8).lowercased())"
    /// Cached images are named after it.
    let repository: RepositoryName

    var source: String { "\(root)/source" }
    /// Where its executors put things together.
    var workDirectory: String { "\(root)/work" }

    static func with(
        host: String? = nil, absence: Duration = .seconds(20), preparation: Preparation = Preparation(),
        _ body: (RunnerFixture) async throws -> Void
    ) async throws {
        let host = try #require(host ?? Self.host)
        let root = NSTemporaryDirectory() + "kozmic-runner-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root + "/source", withIntermediateDirectories: true)
        let curl = CurlClient()
        let fixture = try RunnerFixture(
            root: root, curl: curl, host: host, absence: absence, preparation: preparation)
        do {
            try await fixture.makeRepository()
            try await body(fixture)
        } catch {
            await fixture.cleanUp()
            throw error
        }
        await fixture.cleanUp()
    }

    private init(
        root: String, curl: CurlClient, host: String, absence: Duration, preparation: Preparation
    ) throws {
        self.root = root
        self.curl = curl
        engine = try DockerEngine(host: host, curl: curl)
        repository = try #require(RepositoryName("acme/r\(UUID().uuidString.prefix(8))"))
        mirror = GitMirror(path: "\(root)/mirror.git", remote: GitRemote(url: "\(root)/source"))
        executor = DockerExecutor(
            engine: engine, workDirectory: "\(root)/work", engineAbsence: absence, preparation: preparation)
    }

    /// What a controller that was started again would have.
    func anotherExecutor(preparation: Preparation = Preparation()) -> DockerExecutor {
        DockerExecutor(
            engine: engine, workDirectory: workDirectory, engineAbsence: .seconds(20), preparation: preparation)
    }

    private func makeRepository() async throws {
        try git("init", "--quiet", "--initial-branch=main")
        try write("flask\n", to: "requirements.txt")
        try write("print('hello')\n", to: "src/main.py")
        try commit("First")
        try git("tag", "-a", "v1.0", "-m", "One")
        try await mirror.fetch()
    }

    private func cleanUp() async {
        // One that uses nothing prepared leaves nothing of it either.
        try? await anotherExecutor().sweep(instance: instance) { [] }
        for image in (try? await engine.images(labels: [Labels.instance: instance])) ?? [] {
            try? await engine.removeImage(image.id, force: true)
        }
        await curl.close()
        try? FileManager.default.removeItem(atPath: root)
    }

    func write(_ text: String, to path: String) throws {
        let url = URL(filePath: "\(source)/\(path)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func commit(_ message: String) throws {
        try git("add", "--all")
        try git("commit", "--quiet", "-m", message)
    }

    var head: String {
        get throws { try git("rev-parse", "HEAD") }
    }

    @discardableResult
    func git(_ arguments: String...) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        process.currentDirectoryURL = URL(filePath: source)
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": "/nonexistent",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
        ]
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "git \(arguments.joined(separator: " "))")
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A job of the present head. Scripts are bash unless they bring a shebang line.
    func job(
        _ id: Int64 = 1, build: String, install: String? = nil, trusted: Bool = true, ref: GitRef = .branch("main"),
        secrets: [String: String] = [:], _ change: (inout Hook) -> Void = { _ in }
    ) throws -> JobSpec {
        func script(_ text: String) -> String { text.hasPrefix("#!") ? text : "#!/bin/bash\n\(text)\n" }
        var hook = Hook(
            id: try #require(HookID("tests")), image: Self.image, buildScript: script(build))
        hook.installScript = install.map(script)
        hook.settings.resources.memoryBytes = 256 << 20
        hook.settings.cancelGraceSeconds = 1
        change(&hook)
        return JobSpec(
            instance: instance, jobID: id, attempt: 1, repository: repository, hook: hook, buildNumber: 7,
            buildURL: "http://127.0.0.1/acme/builds/7", commit: try head, ref: ref, trusted: trusted, secrets: secrets)
    }

    func run(
        _ job: JobSpec, log: MemoryLog = MemoryLog(), control: JobControl = JobControl(),
        executor: DockerExecutor? = nil
    ) async throws -> (outcome: JobOutcome, log: MemoryLog) {
        let outcome = try await (executor ?? self.executor).run(job, mirror: mirror, log: log, control: control) {
            await log.add($0)
        }
        return (outcome, log)
    }

    func containers() async throws -> [DockerContainerSummary] {
        try await engine.containers(labels: [Labels.instance: instance])
    }
}
