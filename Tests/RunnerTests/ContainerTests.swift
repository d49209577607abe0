import DockerEngine
import Foundation
import Git
import Model
import Testing

@testable import Runner

@Suite(
    "Jobs on a real engine",
    .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"), .timeLimit(.minutes(5)))
struct ContainerTests {
    @Test("the build script sees the repository, its user, its environment and its limits")
    func build() async throws {
        try await RunnerFixture.with { fixture in
            let script = """
                echo "user $(id -un) $HOME"
                echo "cwd $PWD"
                echo "owner $(stat -c %U:%G /kozmic . src/main.py .git/HEAD "$0" | sort -u | tr '\\n' ' ')"
                echo "unchanged $(git diff-index --quiet HEAD && git diff-files --quiet && echo yes)"
                echo "status [$(git status --porcelain)]"
                echo "describe $(git describe)"
                echo "head $(git rev-parse HEAD)"
                echo "sudo $(sudo -n id -un)"
                echo "environment $CI $KOZMIC $TERM $KOZMIC_HOOK $KOZMIC_BUILD_NUMBER $KOZMIC_BRANCH ${KOZMIC_TAG-unset}"
                echo "mine $MINE $TOKEN"
                echo "to stderr" >&2
                exec sleep 0
                """
            let job = try fixture.job(build: script, secrets: ["TOKEN": "s3cret"]) { $0.environment = ["MINE": "yes"] }
            let (outcome, log) = try await fixture.run(job)
            #expect(outcome == .success)
            #expect(
                await log.lines(.build) == [
                    "user kozmic /home/kozmic", "cwd /kozmic/src", "owner kozmic:kozmic ", "unchanged yes", "status []",
                    "describe v1.0",
                    "head \(try fixture.head)", "sudo root", "environment true true xterm tests 7 main unset",
                    "mine yes ******", "to stderr",
                ])
            let steps = await log.progress
            #expect(steps.first == .phase(.preparing) && steps.last == .phase(.building))
            #expect(steps.contains(.commit))
            #expect(steps.contains { if case .baseImage(let id, nil) = $0 { id.hasPrefix("sha256:") } else { false } })
            let containers = try await fixture.containers()
            let container = try await fixture.engine.container(try #require(containers.first).id)
            #expect(containers.count == 1 && container?.labels[Labels.job] == "1")

            // What a process left that was killed while it put a work tree together.
            let half = "\(fixture.workDirectory)/\(ContainerPlan.name(job, .install))/half"
            try FileManager.default.createDirectory(atPath: half, withIntermediateDirectories: true)
            await fixture.executor.cleanUp(1, attempt: 1, instance: fixture.instance)
            #expect(try await fixture.containers().isEmpty)
            #expect(try await fixture.engine.volumes(labels: [Labels.instance: fixture.instance]).isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.root)/work").isEmpty)
        }
    }

    @Test("a hook that wants more processors than the engine has gets all of them, and the log says so")
    func processors() async throws {
        try await RunnerFixture.with { fixture in
            let job = try fixture.job(build: "echo hello") {
                $0.settings.resources.milliCPUs = 1_024_000
            }
            let (outcome, log) = try await fixture.run(job)
            #expect(outcome == .success, "\(outcome.reason ?? "")")
            let there = try await fixture.engine.info().processors
            let notes = await log.text.split(separator: "\n").filter { $0.hasPrefix("resources.cpus: 1024, ") }
            #expect(notes.count == 1 && notes[0].hasSuffix("; limited to \(there)"))
        }
    }

    @Test("the result of an install script is kept without /kozmic and the build's values, and used again")
    func cache() async throws {
        try await RunnerFixture.with { fixture in
            let install = """
                set -e
                find . -mindepth 1 | sort
                sudo cp requirements.txt /installed
                touch /kozmic/src/left-over /kozmic/left-over
                echo "secret ${TOKEN-unset}"
                exit 0
                """
            let build = "cat /installed; ls /kozmic; test ! -e left-over"
            let secrets = ["TOKEN": "s3cret"]
            let hook: (inout Hook) -> Void = { $0.trackedFiles = ["missing.txt", "requirements.txt"] }
            let first = try await fixture.run(
                try fixture.job(1, build: build, install: install, secrets: secrets, hook))
            #expect(first.outcome == .success)
            #expect(await first.log.lines(.install) == ["./requirements.txt", "secret unset"])
            #expect(await first.log.lines(.build) == ["flask", "build-script", "src"])
            #expect(
                await first.log.progress.filter { $0 != .commit }.map(\.words) == [
                    "preparing", "image", "key new", "installing", "committing", "building",
                ])

            let images = try await fixture.engine.images(labels: [Labels.instance: fixture.instance])
            let imageID = try #require(images.first).id
            let image = try #require(try await fixture.engine.image(imageID))
            #expect(images.count == 1)
            #expect(image.tags.first?.hasPrefix("kozmic-cache/\(fixture.repository.key)/tests:") == true)
            #expect(image.labels[Labels.cache]?.count == 64 && Labels.owner(image.labels) == nil)
            let values = image.environment.filter { $0.contains("=") }
            #expect(!values.contains { $0.hasPrefix("KOZMIC_COMMIT=") || $0.hasPrefix("KOZMIC_BUILD_NUMBER=") })
            #expect(try await files(of: "/kozmic", in: image.id, fixture.engine).isEmpty)

            let second = try await fixture.run(try fixture.job(2, build: build, install: install, hook))
            #expect(second.outcome == .success)
            #expect(await second.log.progress.contains { $0.words == "key reused" })
            #expect(await second.log.text.contains("Cached image found: kozmic-cache/"))
            #expect(await second.log.bytes(.install).isEmpty)
            #expect(await second.log.lines(.build) == ["flask", "build-script", "src"])

            // Another commit with other contents of a tracked file; an untrusted one besides, which stays apart.
            try fixture.write("django\n", to: "requirements.txt")
            try fixture.commit("Change")
            try await fixture.mirror.fetch()
            let third = try await fixture.run(
                try fixture.job(3, build: build, install: install, trusted: false, hook))
            #expect(third.outcome == .success)
            #expect(await third.log.lines(.build).first == "django")
            #expect(await third.log.text.contains("committed as kozmic-cache-untrusted/"))
        }
    }

    /// What is not a folder: the engine itself makes the folders that volumes are mounted at.
    private func files(of path: String, in image: String, _ engine: DockerEngine) async throws -> [TarEntry] {
        let container = try await engine.createContainer(DockerContainerSpec(image: image))
        let archive = try await engine.getArchive(container, path: path)
        try await engine.remove(container, force: true)
        return try archive.map { try TarReader.entries($0).filter { $0.content != .directory } } ?? []
    }

    @Test("exit codes fail the job, and a failed install script ends it")
    func exitCodes() async throws {
        try await RunnerFixture.with { fixture in
            let build = try await fixture.run(try fixture.job(1, build: "exit 3"))
            #expect(
                build.outcome
                    == JobOutcome(state: .failure, exitCode: 3, reason: "build script failed with exit code 3"))
            #expect(await build.log.text.hasSuffix("Build script failed with exit code 3\n"))
            // The same again, from what is there.
            let again = try await fixture.run(try fixture.job(1, build: "exit 3")).outcome
            #expect(again.state == .failure && again.exitCode == 3 && again.endedAt != nil)

            let install = try await fixture.run(try fixture.job(2, build: "echo never", install: "no-such-command"))
            #expect(
                install.outcome
                    == JobOutcome(
                        state: .failure, exitCode: 127,
                        reason: "install script failed with exit code 127 (a command was not found)"))
            #expect(await install.log.bytes(.build).isEmpty)
            #expect(try await fixture.engine.images(labels: [Labels.instance: fixture.instance]).isEmpty)
        }
    }

    @Test(
        "what cannot run says why",
        arguments: [
            ("#!/bin/foo\n", "the build script's interpreter '/bin/foo' is not in the image"),
            ("#!/bin/bash\r\necho\r\n", "the build script's first line ends with a carriage return"),
            ("echo no shebang", "the build script does not begin with a shebang line"),
            ("#!/etc/passwd\n", "the build script's interpreter '/etc/passwd' may not be executed by this user"),
        ])
    func unusable(script: String, reason: String) async throws {
        try await RunnerFixture.with { fixture in
            let (outcome, _) = try await fixture.run(try fixture.job(build: "exit") { $0.buildScript = script })
            #expect(outcome.state == .error)
            #expect(outcome.reason?.hasPrefix(reason) == true, "\(outcome)")
        }
    }

    @Test("a missing image and a missing user are errors that say what to do")
    func missing() async throws {
        try await RunnerFixture.with { fixture in
            let image = try await fixture.run(
                try fixture.job(1, build: "exit") { $0.image = "127.0.0.1:1/none/such:1" })
            #expect(image.outcome.state == .error)
            #expect(
                image.outcome.reason?.hasPrefix("the image 127.0.0.1:1/none/such:1 cannot be pulled: ") == true,
                "\(image.outcome)")
            let user = try await fixture.run(try fixture.job(2, build: "exit") { $0.user = "nobodyhere" })
            #expect(
                user.outcome.reason
                    == "the image \(RunnerFixture.image) has no user 'nobodyhere': add it to the image, "
                    + "or set `user` in the hook")
            let number = try await fixture.run(try fixture.job(3, build: "stat -c %u:%g .; id -u") { $0.user = "4711" })
            #expect(await number.log.lines(.build) == ["4711:0", "4711"])
        }
    }

    @Test("a script that takes too much memory, and one without privileges")
    func limits() async throws {
        try await RunnerFixture.with { fixture in
            let memory = try await fixture.run(
                try fixture.job(1, build: "x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo ${#x}") {
                    $0.settings.resources.memoryBytes = 64 << 20
                })
            #expect(memory.outcome.state == .failure)
            let reasons = [
                "build script killed by the kernel: out of memory (limit 64 MiB)",
                "build script failed with exit code 137 (signal 9, as when memory runs out; the limit is 64 MiB)",
            ]
            #expect(reasons.contains(memory.outcome.reason ?? ""), "\(memory.outcome)")
            let bare = try await fixture.run(
                try fixture.job(
                    2, build: "sudo -n true 2>/dev/null && echo root; grep -E 'CapBnd|NoNewPrivs' /proc/self/status"
                ) {
                    $0.sudo = false
                })
            #expect(await bare.log.lines(.build) == ["CapBnd:\t0000000000000000", "NoNewPrivs:\t1"])
        }
    }

    @Test("twenty megabytes arrive as they were written")
    func bulk() async throws {
        try await RunnerFixture.with { fixture in
            let line = (1...30).map { "\($0)" }.joined(separator: " ") + "\n"
            let (outcome, log) = try await fixture.run(
                try fixture.job(build: "yes '\(line.dropLast())' | head -c 20000000; exit 0"))
            #expect(outcome == .success)
            let bytes = await log.bytes(.build)
            let expected = [UInt8](line.utf8)
            #expect(bytes.count == 20_000_000)
            #expect(bytes.enumerated().allSatisfy { $0.element == expected[$0.offset % expected.count] })
        }
    }

    @Test("of a log beyond its limit the beginning and the end are kept")
    func logLimit() async throws {
        try await RunnerFixture.with { fixture in
            let (outcome, log) = try await fixture.run(
                try fixture.job(build: "seq 1 20000; echo the end") { $0.settings.logLimitBytes = 2000 })
            #expect(outcome == .success)
            let text = await log.text(.build)
            #expect(text.utf8.count == 2000)
            #expect(text.hasPrefix("1\n2\n3\n") && text.hasSuffix("20000\nthe end\n"))
            #expect(await log.text.contains("left out here: the log limit is 2 KiB"))
        }
    }
}

extension JobProgress {
    /// For comparing.
    var words: String {
        switch self {
        case .phase(let phase): phase.rawValue
        case .baseImage: "image"
        case .commit: "commit"
        case .cacheKey(_, let reused): reused ? "key reused" : "key new"
        }
    }
}
