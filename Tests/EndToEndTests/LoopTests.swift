import Foundation
import Testing

@testable import kozmic

/// What a user relies on from the commit to the status, seen from outside.
@Suite("The whole loop", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct LoopTests {
    @Test("A second sync writes nothing, and strangers' webhooks stay")
    func idempotence() async throws {
        try await World.with(Project.file("#!/bin/sh\ntrue"), World.Setup(serves: false)) { world in
            try await Shell.script(
                """
                curl --silent --show-error --fail --header 'Authorization: Bearer token-of-octocat' "$1" \
                    --data '{"config": {"url": "http://127.0.0.1:9/_hooks/mine", "content_type": "json"}}'
                """, ["\(world.client.gitHub)/api/v3/repos/\(world.repository)/hooks"])
            let strangers = try await world.webhooks()
            try await world.serve(webhooks: 2)
            // The first start's last write: what became of the admin repository's commit.
            try await world.client.eventually("the status of the configuration") {
                let log = try await world.client.control("GET", "requests?writes=true", as: Requests.self)
                let isSaid = log.requests.contains {
                    $0.path.hasPrefix("/repos/acme/config/statuses/") && $0.status < 400
                }
                return isSaid ? true : nil
            }
            await world.stop()
            try await world.client.control("DELETE", "requests")
            try await world.serve(webhooks: 2)
            try await world.client.eventually("a look at the webhooks") {
                let log = try await world.client.control("GET", "requests", as: Requests.self)
                return log.requests.contains { $0.path.hasSuffix("/hooks") && $0.status < 400 } ? true : nil
            }
            try await world.isAsDeclared()
            let writes = try await world.client.control("GET", "requests?writes=true", as: Requests.self)
            #expect(writes.requests.map(\.path) == [])
            #expect(
                try await world.webhooks().contains { $0.url == strangers.first?.url && $0.id == strangers.first?.id })
        }
    }

    @Test("The scripts see what is promised, and the cached image keeps nothing of /kozmic")
    func inTheContainer() async throws {
        let look = """
            echo "user $(id -un) in $PWD, home $HOME"
            echo "owned by $(stat --format %U:%G /kozmic /kozmic/src "$0" . * | sort --unique | tr '\\n' ' ')"
            echo "sudo $(sudo -n id -un)"
            env | grep --extended-regexp '^(CI|KOZMIC|TERM|COLOUR|LANG)' | sort
            """
        let install = """
            #!/bin/bash
            set -eu
            \(look)
            find . -mindepth 1 | LC_ALL=C sort
            sudo touch /made-by-install
            touch /kozmic/mine /kozmic/src/mine
            """
        let build = """
            #!/bin/bash
            set -eu
            \(look)
            echo "status [$(git status --porcelain)]"
            echo "describe $(git describe)"
            echo "head $(git rev-parse HEAD) detached $(git symbolic-ref HEAD 2>/dev/null || echo yes)"
            echo "remotes [$(git remote)] credentials [$(git config --list | grep --ignore-case token || true)]"
            ls --directory /made-by-install
            find /kozmic -maxdepth 1 -mindepth 1 | sort
            test ! -e /var/run/docker.sock
            """
        let more = "    tracked_files: [tools, gone.txt, link]\n    env: {COLOUR: 'blue and green', LANG: C.UTF-8}\n"
        try await World.with(Project.file(build, install: install, more: more)) { world in
            let clone = try await world.clone()
            try await Shell.script(
                """
                mkdir tools
                echo 1 >tools/a.txt
                printf '#!/bin/sh\\n' >tools/run.sh
                chmod 755 tools/run.sh
                ln -s README link
                git add .
                git commit --quiet --message 'Tools'
                git tag --annotate --message one v1.0
                git push --quiet --follow-tags origin main
                """, in: clone, environment: World.gitEnvironment)
            let commit = try await Shell.run("git", ["rev-parse", "HEAD"], in: clone)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            try await world.expect(commit, "success")
            let environment = [
                "CI=true", "COLOUR=blue and green", "KOZMIC=true", "KOZMIC_BRANCH=main", "KOZMIC_BUILD_NUMBER=1",
                "KOZMIC_BUILD_URL=\(world.client.kozmic)/\(world.repository)/builds/1", "KOZMIC_COMMIT=\(commit)",
                "KOZMIC_HOOK=tests", "KOZMIC_REF=refs/heads/main", "KOZMIC_REPOSITORY=\(world.repository)",
                "LANG=C.UTF-8", "TERM=xterm",
            ]
            let common =
                ["user kozmic in /kozmic/src, home /home/kozmic", "owned by kozmic:kozmic ", "sudo root"] + environment
            let lines = try await world.log(build: 1).split(separator: "\n").map(String.init)
            let start = try #require(lines.firstIndex(of: "Running the install script"))
            #expect(
                Array(lines[(start + 1)...].prefix(common.count + 4))
                    == common + ["./link", "./tools", "./tools/a.txt", "./tools/run.sh"])
            let second = try #require(lines.firstIndex(of: "Running the build script"))
            let expected: [String] =
                common + [
                    "status []", "describe v1.0", "head \(commit) detached yes", "remotes [] credentials []",
                    "/made-by-install", "/kozmic/build-script", "/kozmic/src",
                ]
            // The pipe of its output is there when a prepared place was free.
            let seen: [String] = lines[(second + 1)...].filter { $0 != "/kozmic/output" }
            #expect(Array(seen.prefix(expected.count)) == expected)
            try await expectCachedImage(of: clone, commit, in: world, install: install)
            try await world.expectNoLeftovers()
        }
    }

    /// The image is named by the key that git and sha256sum give, and by the one that the program prints.
    private func expectCachedImage(
        of clone: String, _ commit: String, in world: World, install: String
    ) async throws {
        let image = try #require(try await world.cachedImages().first)
        let base = try await world.docker("image", "inspect", "--format", "{{.Id}}", world.setup.image)
        let key = try await KeyByHand(
            repository: clone, commit: commit, image: base, user: "kozmic",
            environment: ["COLOUR": "blue and green", "LANG": "C.UTF-8"], script: install + "\n",
            paths: ["gone.txt", "link", "tools"]
        ).key()
        #expect(image == "kozmic-cache/\(world.repository)/tests:\(key)")
        let config = "\(world.folder)/config"
        try FileManager.default.createDirectory(atPath: "\(config)/projects", withIntermediateDirectories: true)
        let file = try await Shell.run(
            "git", ["show", "HEAD:projects/p.yaml"], in: try await world.clone("acme/config"))
        try Data(file.utf8).write(to: URL(filePath: "\(config)/projects/p.yaml"))
        let printed = try await Shell.result(
            Program.kozmic,
            [
                "cache", "key", "\(world.repository)/tests", "--repo", clone, "--commit", "main", "--config", config,
                "--docker-host", world.setup.engine,
            ])
        #expect(printed.output == "\(key)\n")
        // The engine itself makes the folder that the volume is mounted at, and the one that the script begins in.
        let files = try await Shell.script(
            """
            id=$(docker create "$1")
            docker export "$id" | tar --list | grep '^kozmic' || true
            docker rm "$id" >/dev/null
            docker inspect --format '{{json .Config.Env}}' "$1" | grep --only-matching 'KOZMIC_[A-Z_]*=[^"]*' | sort
            """, [image], environment: ["DOCKER_HOST": world.setup.engine])
        #expect(files == "kozmic/\nkozmic/src/\nKOZMIC_HOOK=tests\nKOZMIC_REPOSITORY=\(world.repository)\n")
    }

    @Test("One build for a push and the pull request of its branch, and no job for a commit that says so")
    func pullRequests() async throws {
        try await World.with(Project.file("#!/bin/sh\nenv | grep KOZMIC_ | sort")) { world in
            let commit = try await world.push(["a": "1"], branch: "topic")
            try await world.client.control(
                "POST", "repos/\(world.repository)/pulls", ["title": "One", "head": "topic", "user": "octocat"])
            try await world.expect(commit, "success")
            try await world.client.control("GET", "idle?timeout=10000")
            try await world.pageShows("_deliveries", "pull_request")
            #expect(try await world.client.page("\(world.repository)/builds/2") == nil)
            let skipped = try await world.push(["a": "2"], message: "Not this one [ci skip]")
            try await world.expect(skipped, "success")
            try await world.pageShows("_deliveries", "skipped")
            try await world.pageShows("\(world.repository)/builds/2", "the message holds")
        }
    }
}

/// The control interface's record of requests.
struct Requests: Decodable {
    struct Request: Decodable {
        var method: String
        var path: String
        var status: Int
    }
    var requests: [Request]
}

/// Project files for tests.
enum Project {
    /// A project with one hook, `tests`.
    static func file(_ script: String, install: String? = nil, image: String = "IMAGE", more: String = "") -> [String:
        String]
    {
        var text = "repository: REPOSITORY\nhooks:\n  tests:\n    image: \(image)\n\(more)"
        if let install { text += "    install_script: |\n\(indented(install))\n" }
        text += "    build_script: |\n\(indented(script))\n"
        return ["projects/p.yaml": text]
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "      \($0)" }.joined(separator: "\n")
    }
}
