import Foundation

/// A rootless Docker Engine of the test's own. Needs root, who makes its user, and the packages of `make test-setup`.
final class RootlessEngine: Sendable {
    /// For `DOCKER_HOST`.
    let host: String
    /// Its user's number, which is that of root in a container, too.
    static let user = "64057"
    private let folder: String
    private let program = Program()

    /// Runs `body` with an engine and removes the engine with everything in it.
    ///
    /// - Parameter folder: a new one, which is removed; its user may go through those above.
    static func with(_ folder: String, _ body: (RootlessEngine) async throws -> Void) async throws {
        let engine = RootlessEngine(folder)
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

    private init(_ folder: String) {
        self.folder = folder
        host = "unix://\(folder)/run/docker.sock"
    }

    /// Returns when it answers.
    private func start() async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Support/rootless-engine.sh").standardized.path
        let log = "\(folder).log"
        try program.start([script, folder], log: log)
        for _ in 0..<300 where program.isRunning {
            if (try? await Shell.result("docker", ["version"], environment: ["DOCKER_HOST": host]).status) == 0 {
                return
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        let words = try String(contentsOfFile: log, encoding: .utf8).suffix(2000)
        throw Shell.Failed(description: "the rootless engine does not answer:\n\(words)")
    }

    private func remove() async {
        _ = try? await Shell.script(
            "docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes",
            environment: ["DOCKER_HOST": host])
        await program.end(SIGTERM)
        _ = try? await Shell.script(
            """
            pgrep --full -- "containerd-shim.* -address $1/run/exec/" | xargs --no-run-if-empty kill -9 || true
            rm -rf "$1" "$1.log"
            """, [folder])
    }
}
