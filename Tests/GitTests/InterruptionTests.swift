import Foundation
import Testing

@testable import Git

@Suite("A fetch that is stopped")
struct InterruptionTests {
    private static func urls(_ port: Int) -> [(String, GitCredentials)] {
        [
            ("http://127.0.0.1:\(port)/x.git", .none), ("https://127.0.0.1:\(port)/x.git", .none),
            ("ssh://git@127.0.0.1:\(port)/x.git", .ssh(privateKey: GitSecret("key"), knownHosts: "")),
        ]
    }

    @Test("a server that stays silent is given up at the deadline, and the mirror goes on working")
    func timeout() async throws {
        try await Fixture.with { fixture in
            let silent = try SilentServer()
            let commit = try fixture.commit(["a": "1"])
            for (url, credentials) in Self.urls(silent.port) {
                let mirror = fixture.mirror(url, credentials)
                let start = ContinuousClock.now
                #expect(
                    await failure { try await mirror.fetch(timeout: .milliseconds(300)) }?.kind == .timeout, "\(url)")
                #expect(
                    await failure { _ = try await mirror.remoteReferences(timeout: .milliseconds(300)) }?.kind
                        == .timeout)
                #expect(ContinuousClock.now - start < .seconds(60))
                // The thread is free again: the same mirror fetches from another place.
                await mirror.setRemote(GitRemote(url: fixture.source))
                try await mirror.fetch()
                #expect(await mirror.contains(commit: commit))
                try FileManager.default.removeItem(atPath: fixture.mirrorPath)
                #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.root)/mirrors").isEmpty)
            }
        }
    }

    @Test("cancelling the task ends a fetch from a silent server and leaves nothing behind")
    func cancellation() async throws {
        try await Fixture.with { fixture in
            let silent = try SilentServer()
            for (url, credentials) in Self.urls(silent.port) {
                let mirror = fixture.mirror(url, credentials)
                let start = ContinuousClock.now
                let task = Task { try await mirror.fetch() }
                // Either before or after the fetch has begun to wait: both must end.
                for _ in 0..<20 { await Task.yield() }
                task.cancel()
                #expect(await failure { try await task.value }?.kind == .cancelled, "\(url)")
                #expect(ContinuousClock.now - start < .seconds(60))
                #expect(!FileManager.default.fileExists(atPath: fixture.mirrorPath))
            }
        }
    }

    @Test("cancelling while objects arrive leaves no half mirror, and the next fetch works")
    func cancelWhileReceiving() async throws {
        try await Fixture.with { fixture in
            var files: [String: String] = [:]
            for number in 0..<300 { files["f\(number)"] = "\(number)" }
            let commit = try fixture.commit(files)
            let mirror = fixture.mirror()
            let error = await failure {
                try await mirror.fetch { _ in withUnsafeCurrentTask { $0?.cancel() } }
            }
            #expect(error?.kind == .cancelled)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.root)/mirrors").isEmpty)
            try await Task { try await mirror.fetch() }.value
            #expect(await mirror.contains(commit: commit))
        }
    }
}
