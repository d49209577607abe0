import Foundation
import Git
import Glibc
import Logging
import Model
import Runner
import Store
import Testing

@testable import Controller

@Suite("One claimed job")
struct JobRunTests {
    /// A server that takes a connection and never says a word.
    private final class SilentServer: Sendable {
        private let listener: Int32
        let port: Int

        init() throws {
            listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let listener = listener
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(listener, $0, size) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &size) == 0
                }
            }
            try #require(isBound)
            port = Int(UInt16(bigEndian: address.sin_port))
        }

        deinit { close(listener) }

        /// Waits until somebody has connected.
        func connected() async throws {
            for _ in 0..<600 {
                let connection = accept(listener, nil, nil)
                // Kept open: the client goes on waiting.
                if connection >= 0 { return }
                try await Task.sleep(for: .milliseconds(100))
            }
            Issue.record("nobody fetched")
        }
    }

    @Test("a job that is cancelled while its repository is fetched ends at once")
    func cancelWhileFetching() async throws {
        try await Desk.with { desk in
            let project = try await desk.declare([desk.hook("tests")])
            let commit = String(repeating: "a", count: 40)
            _ = try await desk.deliver("push", desk.pushed(commit, before: nil))
            let server = try SilentServer()
            var configuration = desk.configuration
            configuration.gitHubURL = "http://127.0.0.1:\(server.port)"
            let shelf = ShelfExecutor()
            let run = JobRun(
                configuration: configuration, store: desk.store, executor: shelf,
                mirrors: ProjectMirrors(configuration: configuration), logger: Logger(label: "test"))
            let claimed = try #require(try await desk.store.claimNextJob())
            async let ended: Void = run.run(claimed)
            try await server.connected()
            #expect(try await desk.store.requestCancel(claimed.job.id, reason: "cancelled by octocat"))
            await ended
            let job = try #require(try await desk.store.job(claimed.job.id))
            #expect(job.outcome == JobOutcome(state: .cancelled, reason: "cancelled by octocat"))
            #expect(shelf.runs.isEmpty)
            #expect(try await desk.store.latestBuild(project.id)?.state == .cancelled)
        }
    }

    /// The outcome of a new job whose repository is at an address.
    private func outcome(
        of script: ScriptedExecutor, from address: String, in desk: Desk,
        meanwhile: (ClaimedJob) async throws -> Void = { _ in }
    ) async throws -> JobOutcome? {
        _ = try await desk.declare([desk.hook("tests")])
        _ = try await desk.deliver("push", desk.pushed(String(repeating: "a", count: 40), before: nil))
        var configuration = desk.configuration
        configuration.gitHubURL = address
        let run = JobRun(
            configuration: configuration, store: desk.store, executor: script,
            mirrors: ProjectMirrors(configuration: configuration), logger: Logger(label: "test"))
        let claimed = try #require(try await desk.store.claimNextJob())
        async let ended: Void = run.run(claimed, isNew: true)
        try await meanwhile(claimed)
        await ended
        return try await desk.store.job(claimed.job.id)?.outcome
    }

    @Test("a new job begins while its repository is fetched, and ends when the commit is needed and cannot be had")
    func unfetchable() async throws {
        try await Desk.with { desk in
            let (steps, feed) = AsyncStream.makeStream(of: String.self)
            let executor = ScriptedExecutor { progress in
                feed.yield("begun")
                try await progress(.commit)
                feed.yield("not here")
            }
            let outcome = try await outcome(of: executor, from: "http://127.0.0.1:1", in: desk)
            feed.finish()
            #expect(outcome?.state == .error)
            #expect(outcome?.reason?.hasPrefix("the repository could not be fetched: ") == true)
            #expect(await steps.reduce(into: []) { $0.append($1) } == ["begun"])
        }
    }

    @Test("a step that is given up while it waits for the commit does not take it from the next one")
    func givenUp() async throws {
        try await Desk.with { desk in
            let server = try SilentServer()
            let executor = ScriptedExecutor { progress in
                let first = Task { try await progress(.commit) }
                first.cancel()
                try await progress(.commit)
            }
            let outcome = try await outcome(of: executor, from: "http://127.0.0.1:\(server.port)", in: desk) {
                claimed in
                try await server.connected()
                #expect(try await desk.store.requestCancel(claimed.job.id, reason: "cancelled by octocat"))
            }
            #expect(outcome == JobOutcome(state: .cancelled, reason: "cancelled by octocat"))
        }
    }

    @Test("a job whose image is no longer allowed ends with an error, also of a project that keeps its last good state")
    func disallowedImage() async throws {
        try await Desk.with { desk in
            var hook = try desk.hook("tests")
            hook.origin = HookOrigin(file: "projects/widget.yaml", line: 4)
            let project = try await desk.declare([hook])
            _ = try await desk.deliver("push", desk.pushed(String(repeating: "a", count: 40), before: nil))
            // The project's file is an error by this commit, so the project itself stays as it was.
            var tightened = DesiredState(projects: [])
            tightened.broken = [desk.repository]
            tightened.server.allowedImages = ["kozmic/*"]
            let revision = ConfigRevision(
                commit: "tighter", authorName: "Mona", committedAt: Date(timeIntervalSince1970: 2), message: "Tighten")
            try await desk.store.applyConfig(tightened, revision: revision)
            #expect(try await desk.store.project(desk.repository)?.config.hooks.first?.image == "debian")

            let shelf = ShelfExecutor()
            let run = JobRun(
                configuration: desk.configuration, store: desk.store, executor: shelf, mirrors: desk.mirrors,
                logger: Logger(label: "test"))
            let claimed = try #require(try await desk.store.claimNextJob())
            await run.run(claimed, isNew: true)
            let job = try #require(try await desk.store.job(claimed.job.id))
            #expect(
                job.outcome
                    == JobOutcome(
                        state: .error,
                        reason: "the image 'debian' (hook tests, projects/widget.yaml:4) is not in allowed_images of "
                            + "kozmic.yaml: use one that is, or add it there"))
            #expect(shelf.runs.isEmpty)
            #expect(try await desk.store.latestBuild(project.id)?.state == .error)
        }
    }

    @Test(
        "a job that is taken up again goes on in its container, allowed or not; one that has none yet does not begin",
        arguments: [JobPhase.building, .installing, .preparing])
    func disallowedWhileAway(phase: JobPhase) async throws {
        try await Desk.with { desk in
            _ = try await desk.declare([desk.hook("tests")])
            _ = try await desk.deliver("push", desk.pushed(desk.push(["file": "text"]), before: nil))
            let claimed = try #require(try await desk.store.claimNextJob())
            var tightened = DesiredState(projects: [])
            tightened.broken = [desk.repository]
            tightened.server.allowedImages = ["kozmic/*"]
            let revision = ConfigRevision(
                commit: "tighter", authorName: "Mona", committedAt: Date(timeIntervalSince1970: 2), message: "Tighten")
            try await desk.store.applyConfig(tightened, revision: revision)
            let executor = ScriptedExecutor { progress in
                try await progress(.phase(phase))
                // The install script's container says so as well when it is taken up again.
                try await progress(.baseImage(id: "sha256:base", digest: nil))
            }
            let run = JobRun(
                configuration: desk.configuration, store: desk.store, executor: executor, mirrors: desk.mirrors,
                logger: Logger(label: "test"))
            await run.run(claimed)
            let outcome = try #require(try await desk.store.job(claimed.job.id)?.outcome)
            if phase == .preparing {
                #expect(outcome.state == .error)
                #expect(outcome.reason?.contains("is not in allowed_images of kozmic.yaml") == true)
            } else {
                #expect(outcome == .success)
            }
        }
    }

    @Test("images are allowed by the settings of now, which may be none")
    func allowedImage() async throws {
        try await Desk.with { desk in
            let run = JobRun(
                configuration: desk.configuration, store: desk.store, executor: ScriptedExecutor(),
                mirrors: desk.mirrors, logger: Logger(label: "test"))
            _ = try await desk.declare([desk.hook("tests")])
            _ = try await desk.deliver("push", desk.pushed(String(repeating: "a", count: 40), before: nil))
            var claimed = try #require(try await desk.store.claimNextJob())
            #expect(claimed.settings == (try await desk.store.serverSettings()))
            for (allowed, isAllowed) in [(nil, true), ([], true), (["debian:*"], true), (["kozmic/*"], false)] {
                claimed.settings = allowed.map { globs in
                    var settings = ServerSettings()
                    settings.allowedImages = globs
                    return settings
                }
                let found = claimed
                if isAllowed {
                    #expect(throws: Never.self) { try run.checkImage(found) }
                } else {
                    #expect(throws: JobRun.DisallowedImage.self) { try run.checkImage(found) }
                }
            }
        }
    }
}
