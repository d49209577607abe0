import Foundation
import Testing

@testable import kozmic

/// How commands end that cannot do what they were asked: 64 for wrong usage, before anything begins, else 1, and 125 for
/// `kozmic run`, whose other numbers are the script's. No engine and no server are needed.
@Suite("What went wrong")
struct UsageTests {
    private static let files = [
        "config/projects/widget.yaml": """
        repository: acme/widget
        hooks:
          tests:
            image: kozmic/debian:bookworm
            install_script: |
              #!/bin/bash
              true
            build_script: |
              #!/bin/bash
              true
        """, "config/projects/broken.yaml": "repository: acme/Broken\nhooks: {tests: {imagine: x}}\n",
        "widget/sub/file": "x\n", "odd/file": "x\n",
    ]

    /// A clone, an admin repository that is one too, a damaged clone.
    private func with(_ body: (String) async throws -> Void) async throws {
        try await Scratch.with { folder in
            try Scratch.write(Self.files, in: folder)
            try await Shell.script(
                """
                for name in widget config odd; do
                    git init --quiet --initial-branch main $name
                    git -C $name add --all
                    git -C $name commit --quiet --message First
                done
                rm odd/.git/HEAD
                git -C widget tag v1
                """, in: folder, environment: World.gitEnvironment)
            try await body(folder)
        }
    }

    private func kozmic(
        _ folder: String, _ arguments: [String], engine: String = "unix:///nonexistent/docker.sock"
    ) async throws -> Shell.Result {
        try await Shell.result(
            Program.kozmic, arguments, in: folder,
            environment: [
                "DOCKER_HOST": engine, "KOZMIC_SERVER": "", "KOZMIC_DATA_DIR": "",
                "KOZMIC_CONFIG_REPO": "", "KOZMIC_GITHUB_TOKEN": "token", "KOZMIC_SECRET_KEY_FILE": "",
                "KOZMIC_CA_FILE": "",
            ], withErrors: true)
    }

    @Test("is told by the exit status, and by words without a usage text unless the usage was wrong")
    func status() async throws {
        let run = ["run", "acme/widget/tests", "--config", "config", "--repo", "widget"]
        let key = ["cache", "key", "acme/widget/tests", "--config", "config", "--repo", "widget"]
        let image = ["--image-id", CacheKeyTests.image]
        let serve = ["serve", "--config-repo", "config", "--data-dir", "data"]
        let cases: [([String], Int32, String)] = [
            (run, 125, "there is no Docker Engine at unix:///nonexistent/docker.sock"),
            (run + ["--docker-host", "foo"], 64, "--docker-host (DOCKER_HOST): 'foo'"),
            (run + ["--config", "nope"], 125, "'nope' is not a folder"),
            (run + ["--repo", "nope"], 125, "there is no folder nope"),
            (run + ["--repo", "nope", "--work-tree"], 125, "there is no folder nope"),
            (run + ["--repo", "odd", "--work-tree"], 125, "odd is no git repository"),
            (run + ["--commit", "nope"], 125, "widget has no commit 'nope'"),
            (run + ["--commit", "/nope"], 125, "widget has no commit '/nope'"),
            (run + ["--env", "=x"], 64, "expected NAME=VALUE or NAME"),
            (run + ["--env", "NOBODY_SET_THIS"], 125, "is not set here"),
            (["run", "acme/widget", "--config", "config"], 64, "is not OWNER/REPO/HOOK"),
            (["run", "acme/widget/nope", "--config", "config"], 125, "has no hook 'nope', only: tests"),
            (["run", "acme/other/tests", "--config", "config"], 125, "acme/other is not declared in config"),
            (["run", "acme/broken/tests", "--config", "config"], 125, "is declared in config, but with mistakes:"),
            (key, 1, "cannot reach the Docker Engine"),
            (key + ["--docker-host", "foo"], 64, "--docker-host"),
            (key + image + ["--commit", "nope"], 1, "widget has no commit 'nope'"),
            (key + ["--image-id", "foo"], 64, "--image-id"),
            (key + ["--image-id", CacheKeyTests.image + "0"], 64, "--image-id"),
            (["cache", "key", "acme/broken/tests", "--config", "config", "--repo", "widget"], 1, "broken.yaml:2:"),
            (["repro", "acme/widget#1/tests", "--data-dir", "data"], 1, "there is no kozmic.sqlite in data"),
            (["repro", "acme/widget#1/tests", "--commit", "main"], 64, "leave --commit out"),
            (["repro", "acme/fork#3"], 64, "'acme/fork#3' is neither OWNER/REPO/HOOK nor OWNER/REPO#BUILD/HOOK"),
            (["shell", "acme/widget#1/tests"], 1, "cannot reach the Docker Engine"),
            (serve + ["--config-repo", "ftp://example.org/x"], 64, "--config-repo (KOZMIC_CONFIG_REPO)"),
            (serve + ["--config-repo", "nope"], 1, "/nope: there is no such folder; name a git repository"),
            (serve + ["--config-repo", "odd"], 1, "/odd: there is no git repository"),
            (serve + ["--config-repo", "file:///nope"], 1, "file:///nope: there is no "),
            (serve + ["--docker-host", "foo"], 64, "--docker-host"),
            (serve + ["--secret-key-file", "nope.key"], 1, "there is no secret key file nope.key"),
            (serve + ["--ca-file", "nope.pem"], 1, "nope.pem cannot be read"),
            (serve + ["--data-dir", "widget/sub/file"], 1, "is a file, not a folder"),
            (["doctor", "--config-repo", "config", "--listen", "foo"], 64, "--listen"),
            (["rerun", "acme/widget#1"], 64, "Usage: kozmic rerun"),
            (["logs", "acme/widget#1", "--server", "foo"], 64, "Usage: kozmic logs"),
            (["builds"], 64, "--server"), (["builds", "--server", "foo"], 64, "--server"),
            (["builds", "--server", "http://127.0.0.1:9", "--ca-file", "nope.pem"], 1, "nope.pem cannot be read"),
            (["delete-log", "acme/widget#1/tests"], 64, "give --yes"),
            (["delete-log", "acme/widget#1", "--yes"], 64, "OWNER/REPO#BUILD/HOOK"),
            (["delete-log", "acme/widget#1/tests", "--yes"], 64, "--server"),
            (["log-diff", "acme/widget#1"], 64, "OWNER/REPO#BUILD/HOOK"),
            (["log-diff", "acme/widget#1/tests", "--with", "0"], 64, "--with is the number of a build"),
            (["log-diff", "acme/widget#1/tests"], 64, "--server"),
            (["log-diff", "acme/widget#1/tests", "--server", "http://127.0.0.1:9"], 2, "cannot be asked"),
            (["bisect", "acme/widget#1"], 64, "OWNER/REPO#BUILD/HOOK"),
            (["bisect", "acme/widget#1/tests", "--attempt", "0"], 64, "--attempt is a number from 1"),
            (["bisect", "acme/widget#1/tests", "--stop", "-f"], 64, "give one of them"),
            (["bisect", "acme/widget#1/tests"], 64, "--server"),
            (["bisect", "acme/widget#1/tests", "--server", "http://127.0.0.1:9"], 1, "cannot be asked"),
            (["demo", "--port", "99999999"], 64, "--port"), (["import", "acme"], 64, "'acme' is not OWNER/REPO"),
            (["simulate-github", "--state-dir", "github", "--port", "70000"], 64, "--port"),
            (["plan", "/nope", "--config-repo", "config", "--data-dir", "data"], 1, "'/nope' is no folder here"),
            (["plan", "--explain", "acme/widget", "--config-repo", "/nope"], 1, "/nope: there is no such folder"),
        ]
        try await with { folder in
            for (arguments, status, words) in cases {
                let result = try await kozmic(folder, arguments)
                #expect(result.status == status && result.output.contains(words), "\(arguments): \(result)")
                #expect(result.output.lowercased().contains("usage:") == (status == 64), "\(arguments): \(result)")
                #expect(!result.output.contains("kozmic <subcommand>"), "\(arguments): \(result)")
            }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/nope.key"), "a mistyped name makes no key")
            // A relative path is as good as any.
            let explained = try await kozmic(folder, ["plan", "--explain", "acme/widget", "--config-repo", "./config"])
            #expect(explained.status == 0 && explained.output.contains("hooks.tests.image"), "\(explained)")
        }
    }

    @Test("an address in DOCKER_HOST that is none of an engine keeps only those commands from their work that need one")
    func unusedEngine() async throws {
        let key = ["cache", "key", "acme/widget/tests", "--config", "config", "--repo", "widget"]
        let cases: [([String], Int32)] = [
            (key, 64), (key + ["--image-id", CacheKeyTests.image], 0),
            (["repro", "acme/widget/tests", "--config", "config", "--repo", "widget"], 0),
            (["run", "acme/widget/tests", "--config", "config", "--repo", "widget"], 64),
            (["shell", "acme/widget#1/tests"], 64),
        ]
        try await with { folder in
            for (arguments, status) in cases {
                let result = try await kozmic(folder, arguments, engine: "ssh://example.org")
                #expect(result.status == status, "\(arguments): \(result)")
                let isTold = result.output.contains("--docker-host (DOCKER_HOST): 'ssh://example.org'")
                #expect(isTold == (status == 64), "\(arguments): \(result)")
            }
        }
    }

    @Test("a result that cannot be written is a failure")
    func lost() async throws {
        let commands = [
            [
                "cache", "key", "acme/widget/tests", "--config", "config", "--repo", "widget", "--image-id",
                CacheKeyTests.image,
            ],
            [
                "cache", "key", "acme/widget/tests", "--config", "config", "--repo", "widget", "--image-id",
                CacheKeyTests.image, "--text",
            ],
            ["repro", "acme/widget/tests", "--config", "config", "--repo", "widget"],
            ["plan", "--explain", "acme/widget", "--config-repo", "config"],
            ["--help"], ["serve", "--help"], ["help", "cache"], ["--version"], [],
        ]
        try await with { folder in
            try FileManager.default.removeItem(atPath: "\(folder)/config/projects/broken.yaml")
            for command in commands + [["lint", "config", "--output", "json"]] {
                let result = try await Shell.result(
                    "sh", ["-c", "exec \"$@\" >/dev/full", "sh", Program.kozmic] + command, in: folder,
                    environment: ["DOCKER_HOST": "unix:///nonexistent/docker.sock"], withErrors: true)
                #expect(result.status == 1, "\(command): \(result)")
                #expect(result.output.contains("standard output cannot be written"), "\(command): \(result)")
            }
        }
    }

    @Test("a script is told the branch or tag that a revision names, and none that nobody named")
    func refs() async throws {
        try await with { folder in
            func ref(_ revision: String, _ repository: String = "widget") async throws -> String? {
                let result = try await Shell.result(
                    Program.kozmic,
                    [
                        "repro", "acme/widget/tests", "--config", "config", "--repo", repository, "--commit", revision,
                        "--output", "json",
                    ], in: folder, environment: ["DOCKER_HOST": "unix:///nonexistent/docker.sock"])
                let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
                return object?["ref"] as? String
            }
            func git(_ arguments: String...) async throws -> String {
                try await Shell.run("git", arguments, in: "\(folder)/widget", environment: World.gitEnvironment)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
            }
            // The tag stays behind.
            _ = try await git("commit", "--quiet", "--allow-empty", "--message", "Second")
            let (first, second) = (try await git("rev-parse", "v1"), try await git("rev-parse", "main"))
            for revision in ["HEAD", "@", "main", "heads/main", "refs/heads/main", "main~0", second] {
                #expect(try await ref(revision) == "refs/heads/main", "\(revision)")
            }
            #expect(try await ref("HEAD", "widget/sub") == "refs/heads/main")
            #expect(try await ref("v1") == "refs/tags/v1")
            #expect(try await ref("refs/tags/v1") == "refs/tags/v1")
            for revision in ["HEAD~1", "v1^{}", first] { #expect(try await ref(revision) == "HEAD", "\(revision)") }
            _ = try await git("branch", "other")
            #expect(try await ref(second) == "HEAD", "two branches point there")
            #expect(try await ref("other") == "refs/heads/other")
            _ = try await git("checkout", "--quiet", "--detach", "v1")
            #expect(try await ref("HEAD") == "HEAD")
        }
    }

    @Test("an address that is taken is named")
    func address() async throws {
        let taken = try TakenPort()
        try await with { folder in
            let place = "127.0.0.1:\(taken.port)"
            for command in [
                ["simulate-github", "--state-dir", "github", "--port", "\(taken.port)"],
                ["serve", "--config-repo", "config", "--data-dir", "data", "--listen", place],
                ["demo", "--once", "--port", "\(taken.port)"],
            ] {
                let result = try await kozmic(folder, command)
                #expect(result.status == 1, "\(result)")
                #expect(result.output.contains("cannot listen on \(place): Address already in use"), "\(result)")
                #expect(!result.output.contains("Before the first commit"), "nothing of the demo began: \(result)")
                #expect(!result.output.contains("starts"), "nothing of the server began: \(result)")
            }
        }
    }
}

/// A port that somebody listens on.
private final class TakenPort {
    let port: Int
    private let descriptor: Int32

    init() throws {
        port = try FreePort.find()
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let descriptor = descriptor
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 && listen(descriptor, 1) == 0
            }
        }
        try #require(isBound)
    }

    deinit { close(descriptor) }
}
