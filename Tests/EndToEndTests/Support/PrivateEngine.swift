import Foundation

/// A Docker Engine of the test's own, which it may stop and start as it likes. Needs root.
final class PrivateEngine: Sendable {
    /// For `DOCKER_HOST`.
    let host: String
    private let folder: String
    private let log: String
    private let program = Program()

    /// Runs `body` with an engine and removes the engine with everything in it.
    ///
    /// - Parameter folder: a new one, which is removed.
    static func with(_ folder: String, _ body: (PrivateEngine) async throws -> Void) async throws {
        let engine = try PrivateEngine(folder)
        let result: Result<Void, any Error>
        do {
            try await engine.start()
            result = .success(try await body(engine))
        } catch {
            result = .failure(error)
        }
        await engine.remove()
        try result.get()
    }

    private init(_ folder: String) throws {
        self.folder = folder
        host = "unix://\(folder)/docker.sock"
        log = "\(folder)/engine.log"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// Starts the engine; returns when it answers.
    ///
    /// - Parameter liveRestore: containers outlive the engine.
    func start(liveRestore: Bool = true) async throws {
        // Killed, it takes its containerd along; in a container whose first process buries nobody, the dead one's number
        // seems to be alive for ever, and would be waited for. Its own number may be another process's by now.
        if !program.isRunning {
            for name in ["pid", "exec/containerd/containerd.pid"] {
                try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            }
        }
        // The bridge is there already, and its rules belong to the machine's own engine.
        try program.start(
            [
                "dockerd", "--data-root", "\(folder)/data", "--exec-root", "\(folder)/exec", "--pidfile",
                "\(folder)/pid",
                "--host", host, "--live-restore=\(liveRestore)", "--iptables=false", "--ip-masq=false",
                "--shutdown-timeout=1",
            ], log: log)
        for _ in 0..<300 {
            if (try? await Shell.result("docker", ["version"], environment: ["DOCKER_HOST": host]).status) == 0 {
                return
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        let words = try String(contentsOfFile: log, encoding: .utf8).suffix(2000)
        throw Shell.Failed(description: "the private engine does not answer:\n\(words)")
    }

    /// Ends the engine, and its containers unless they live on.
    func stop(_ signal: Int32) async { await program.end(signal) }

    private func remove() async {
        if !program.isRunning { try? await start() }
        _ = try? await Shell.script(
            "docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes",
            environment: ["DOCKER_HOST": host])
        await program.end(SIGTERM)
        _ = try? await Shell.script(
            """
            # What a killed engine had just begun to start, it does not know any more.
            pgrep --full -- "containerd-shim.* -address $1/exec/" | xargs --no-run-if-empty kill -9 || true
            cut --delimiter ' ' --fields 2 /proc/mounts | grep "^$1/" | sort --reverse |
                xargs --no-run-if-empty umount --lazy || true
            rm -rf "$1"
            """, [folder])
    }
}
