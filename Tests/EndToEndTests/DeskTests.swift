import Foundation
import Testing

@testable import kozmic

/// `kozmic run`, `repro` and `cache explain` as their user calls them: a clone, an admin repository's folder, an engine.
@Suite(
    "On a desk", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"), .timeLimit(.minutes(5)))
struct DeskTests {
    private static let project = """
        repository: acme/NAME
        hooks:
          tests:
            image: IMAGE
            install_script: |
              #!/bin/bash
              sudo cp tracked /made-of
            tracked_files: [tracked]
            build_script: |
              #!/bin/bash
              echo "made of $(cat /made-of), source $(cat source), branch $KOZMIC_BRANCH"
              echo "mine ${MINE-none} token ${TOKEN-none}" >&2
              exit "$(cat code)"
            env: {MINE: theirs}
          slow:
            image: IMAGE
            build_script: |
              #!/bin/bash
              echo begun
              exec sleep 600
          chatty:
            image: IMAGE
            build_script: |
              #!/bin/bash
              while echo line; do sleep 0.1; done
        """

    /// A clone with one commit, and an admin repository with its project; the cached images go afterwards.
    private func with(_ body: (_ folder: String, _ name: String) async throws -> Void) async throws {
        try await Scratch.with { folder in
            let name = "desk\(UInt32.random(in: .min ... .max))"
            try Scratch.write(
                [
                    "config/projects/p.yaml": Self.project.replacing("NAME", with: name)
                        .replacing("IMAGE", with: World.image),
                    "widget/tracked": "one\n", "widget/source": "first\n", "widget/code": "0\n",
                    "widget/.gitignore": "*.log\n", "widget/ignored.log": "x\n",
                ], in: folder)
            try await git(folder, "init", "--quiet", "--initial-branch", "main")
            try await git(folder, "add", "--all")
            try await git(folder, "commit", "--quiet", "--message", "First")
            do {
                try await body(folder, name)
            } catch {
                await removeImages(name)
                throw error
            }
            await removeImages(name)
        }
    }

    private func git(_ folder: String, _ arguments: String...) async throws {
        try await Shell.run("git", arguments, in: "\(folder)/widget", environment: World.gitEnvironment)
    }

    private func removeImages(_ name: String) async {
        _ = try? await Shell.script(
            """
            docker images --quiet --filter "label=kozmic.repository=acme/$1" | sort -u | xargs --no-run-if-empty \
                docker rmi --force
            """, [name], environment: ["DOCKER_HOST": World.engine ?? ""])
    }

    private func kozmic(_ folder: String, _ arguments: String...) async throws -> Shell.Result {
        try await Shell.result(
            Program.kozmic, arguments + ["--config", "\(folder)/config", "--repo", "\(folder)/widget"],
            environment: ["DOCKER_HOST": World.engine ?? ""], withErrors: true)
    }

    private func leftOvers(_ name: String) async throws -> String {
        try await Shell.script(
            "docker ps --all --quiet --filter label=kozmic.repository=acme/$1; "
                + "docker volume ls --quiet --filter label=kozmic.repository=acme/$1",
            [name], environment: ["DOCKER_HOST": World.engine ?? ""])
    }

    @Test("a hook runs from a commit or from the work tree, reuses its image, and gives its exit code on")
    func run() async throws {
        try await with { folder, name in
            let first = try await kozmic(folder, "run", "acme/\(name)/tests", "--env", "MINE=my own")
            #expect(first.status == 0)
            #expect(first.output.contains("Running the install script"))
            #expect(first.output.contains("made of one, source first, branch main\n"))
            #expect(first.output.contains("mine my own token none\n"))

            try Scratch.write(["widget/source": "changed\n", "widget/code": "3\n", "widget/new": "n\n"], in: folder)
            let commit = try await kozmic(folder, "run", "acme/\(name)/tests", "--env", "MINE=my own")
            #expect(commit.status == 0 && commit.output.contains("Cached image found"))
            let tree = try await kozmic(folder, "run", "acme/\(name)/tests", "--work-tree", "--env", "MINE=my own")
            #expect(tree.status == 3)
            #expect(tree.output.contains("Cached image found") && tree.output.contains("source changed, branch main"))
            #expect(tree.output.hasSuffix("Build script failed with exit code 3\n"))
            // The clone is as it was.
            let status = try await Shell.run("git", ["status", "--short"], in: "\(folder)/widget")
            #expect(status.split(separator: "\n").sorted() == [" M code", " M source", "?? new"])
            #expect(try await leftOvers(name).isEmpty)

            let json = try await Shell.result(
                Program.kozmic,
                [
                    "run", "acme/\(name)/tests", "--config", "\(folder)/config", "--repo", "\(folder)/widget",
                    "--work-tree", "--output", "json",
                ], environment: ["DOCKER_HOST": World.engine ?? ""])
            #expect(json.status == 3)
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any], "\(json.output)")
            #expect(report["state"] as? String == "failure" && report["exitCode"] as? Int == 3)
            #expect(report["ref"] as? String == "refs/heads/main" && report["isCacheReused"] as? Bool == false)
            #expect((report["cacheKey"] as? String)?.count == 64)
            #expect((report["imageID"] as? String)?.hasPrefix("sha256:") == true)
            let durations = try #require(report["durations"] as? [String: Double])
            #expect(durations["building"] != nil && durations["total"] != nil, "\(durations)")

            let unknown = try await kozmic(folder, "run", "acme/\(name)/test")
            #expect(unknown.status == 125 && unknown.output.contains("has no hook 'test', only: chatty, slow, tests"))
        }
    }

    @Test("Ctrl-C ends the script and removes its container")
    func interrupt() async throws {
        try await with { folder, name in
            let log = "\(folder)/log"
            let program = Program()
            try program.start(
                [
                    Program.kozmic, "run", "acme/\(name)/slow", "--config", "\(folder)/config", "--repo",
                    "\(folder)/widget",
                ], environment: ["DOCKER_HOST": World.engine ?? ""], log: log)
            let deadline = ContinuousClock.now + .seconds(60)
            while try !String(contentsOfFile: log, encoding: .utf8).contains("begun\n"), ContinuousClock.now < deadline
            {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(await program.end(SIGINT, within: .seconds(60)))
            let text = try String(contentsOfFile: log, encoding: .utf8)
            #expect(text.contains("Stopped: interrupted by SIGINT; sending SIGTERM"), "\(text)")
            #expect(try await leftOvers(name).isEmpty)
        }
    }

    @Test("a reader that goes ends the script and removes its container")
    func unread() async throws {
        try await with { folder, name in
            try Scratch.write(["tmp/.keep": ""], in: folder)
            let script = """
                "$@" 2>"$0" | head -1
                echo "${PIPESTATUS[0]}"
                """
            let result = try await Shell.result(
                "bash",
                [
                    "-c", script, "\(folder)/log", Program.kozmic, "run", "acme/\(name)/chatty", "--config",
                    "\(folder)/config", "--repo", "\(folder)/widget",
                ], environment: ["DOCKER_HOST": World.engine ?? "", "TMPDIR": "\(folder)/tmp"])
            #expect(result.output == "line\n130\n")
            let words = try String(contentsOfFile: "\(folder)/log", encoding: .utf8)
            #expect(words.contains("Stopped: nobody reads the output"), "\(words)")
            #expect(try await leftOvers(name).isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/tmp") == [".keep"])
        }
    }

    @Test("the cache says which part moved, and by whom")
    func explain() async throws {
        try await with { folder, name in
            let none = try await kozmic(folder, "cache", "explain", "acme/\(name)/tests")
            #expect(none.status == 1 && none.output.contains("--since"))
            #expect(try await kozmic(folder, "run", "acme/\(name)/tests").status == 0)
            let same = try await kozmic(folder, "cache", "explain", "acme/\(name)/tests")
            #expect(same.status == 0 && same.output.contains("Nothing moved"))

            try Scratch.write(["widget/tracked": "two\n"], in: folder)
            try await git(folder, "commit", "--quiet", "--all", "--message", "Track two")
            try await git(folder, "commit", "--quiet", "--allow-empty", "--message", "Later")
            for since in [[], ["--since", "HEAD~2"]] as [[String]] {
                let moved = try await Shell.result(
                    Program.kozmic,
                    [
                        "cache", "explain", "acme/\(name)/tests", "--config", "\(folder)/config", "--repo",
                        "\(folder)/widget",
                    ] + since, environment: ["DOCKER_HOST": World.engine ?? ""])
                #expect(moved.status == 2)
                let lines = moved.output.split(separator: "\n")
                #expect(lines.contains("tracked file tracked") && !lines.contains("image"))
                #expect(lines.contains { $0.hasPrefix("  by ") && $0.hasSuffix(": Track two") })
                #expect(!moved.output.contains("Later"))
            }
        }
    }

    @Test("the cache finds the image of its own key, and who wrote a script, also when nobody committed it")
    func explainScript() async throws {
        try await with { folder, name in
            func admin(_ arguments: String...) async throws {
                try await Shell.run("git", arguments, in: "\(folder)/config", environment: World.gitEnvironment)
            }
            func commit(_ message: String) async throws {
                try await admin("add", "--all")
                try await admin("commit", "--quiet", "--message", message)
            }
            func explain(_ revision: String = "main") async throws -> Shell.Result {
                try await kozmic(folder, "cache", "explain", "acme/\(name)/tests", "--commit", revision)
            }
            let project = """
                repository: acme/\(name)
                hooks:
                  tests:
                    image: \(World.image)
                    install_script: {file: scripts/i.sh}
                    tracked_files: [tracked, 'requirements*.txt']
                    build_script: "#!/bin/sh\\n"
                """
            try Scratch.write(
                ["config/projects/p.yaml": project, "config/scripts/i.sh": "#!/bin/sh\necho one\n"], in: folder)
            try await admin("init", "--quiet", "--initial-branch", "main")
            try await commit("Declare")
            #expect(try await kozmic(folder, "run", "acme/\(name)/tests").status == 0)
            try await git(folder, "checkout", "--quiet", "-b", "feature")
            try Scratch.write(["widget/tracked": "two\n"], in: folder)
            try await git(folder, "commit", "--quiet", "--all", "--message", "Feature")
            #expect(try await kozmic(folder, "run", "acme/\(name)/tests").status == 0)
            // The newest image is that of the feature.
            let same = try await explain()
            #expect(same.status == 0 && same.output.contains("Nothing moved"), "\(same.output)")
            #expect(same.output.contains("The commit lacks 'requirements*.txt' of tracked_files"), "\(same.output)")

            try Scratch.write(["config/scripts/i.sh": "#!/bin/sh\necho two\n"], in: folder)
            try await commit("Script two")
            try Scratch.write(["config/projects/p.yaml": project + "\n    title: Tests\n"], in: folder)
            try await commit("Title")
            let script = try await explain("feature")
            #expect(script.status == 2 && script.output.contains(": Script two"), "\(script.output)")
            #expect(!script.output.contains(": Title") && !script.output.contains("not committed"))
            try Scratch.write(["config/scripts/i.sh": "#!/bin/sh\necho three\n"], in: folder)
            let edited = try await explain("feature")
            #expect(edited.output.contains("not committed") && !edited.output.contains("Script two"))
        }
    }

    @Test("the printed commands do the same without Kozmic")
    func repro() async throws {
        try await with { folder, name in
            try Scratch.write(["widget/.gitattributes": "tracked export-ignore\n"], in: folder)
            try await git(folder, "add", "--all")
            try await git(folder, "commit", "--quiet", "--message", "Nothing of this is for archives")
            let script = try await kozmic(folder, "repro", "acme/\(name)/tests")
            #expect(script.status == 0)
            try Scratch.write(["repro.sh": script.output], in: folder)
            let result = try await Shell.result(
                "bash", ["\(folder)/repro.sh"], environment: ["DOCKER_HOST": World.engine ?? ""], withErrors: true)
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains("made of one, source first, branch main\n"))
            // With Kozmic's own image, the install script is not run again.
            #expect(try await kozmic(folder, "run", "acme/\(name)/tests").status == 0)
            let again = try await kozmic(folder, "repro", "acme/\(name)/tests")
            #expect(again.output.contains("image='kozmic-cache/acme/\(name)/tests:"))
        }
    }
}
