import DockerEngine
import Foundation
import Git
import Glibc
import Model
import Testing

@testable import Runner

/// Repositories whose authors mean harm: what they do stays in their container, ends, and a job beside them notices nothing.
@Suite(
    "Hostile repositories on a real engine",
    .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"), .timeLimit(.minutes(10)))
struct HostileJobTests {
    /// Runs a job, and beside it one that must end well.
    private func run(
        _ job: JobSpec, in fixture: RunnerFixture
    ) async throws -> (outcome: JobOutcome, log: MemoryLog) {
        let neighbour = try fixture.job(
            job.jobID + 1000,
            build: "for n in 1 2 3 4 5; do echo $n; sleep 0.1; done; git status --porcelain 2>/dev/null")
        async let beside = fixture.run(neighbour)
        let result = try await fixture.run(job)
        let (outcome, log) = try await beside
        #expect(outcome == .success)
        #expect(await log.lines(.build) == ["1", "2", "3", "4", "5"])
        try await expectGone(job, fixture)
        return result
    }

    /// Nothing of a job is left when it was cleaned up.
    private func expectGone(_ job: JobSpec, _ fixture: RunnerFixture) async throws {
        await fixture.executor.cleanUp(job.jobID, attempt: job.attempt, instance: fixture.instance)
        let mine = try await fixture.containers().filter { $0.labels[Labels.job] == "\(job.jobID)" }
        #expect(mine.isEmpty)
    }

    @Test("a fork bomb meets its limit and its end")
    func forkBomb() async throws {
        try await RunnerFixture.with { fixture in
            // Each of them ignores what can be ignored.
            let script = """
                trap '' TERM HUP INT
                echo begin
                bomb() { bomb | bomb & }
                bomb 2>/dev/null
                while :; do sleep 1; done 2>/dev/null
                """
            let job = try fixture.job(build: script) {
                $0.settings.resources.pids = 64
                $0.settings.resources.milliCPUs = 500
                $0.settings.timeoutSeconds = 3
            }
            let (outcome, log) = try await run(job, in: fixture)
            #expect(outcome.state == .failure && outcome.reason == "stopped: ran longer than 3 s", "\(outcome)")
            #expect(await log.lines(.build).first == "begin")
            #expect(await log.text.contains("sending SIGKILL\n"))
        }
    }

    @Test("memory hogs, one or many, meet their limit")
    func memoryHogs() async throws {
        try await RunnerFixture.with { fixture in
            let script = """
                for n in 1 2 3 4; do (x=$(head -c 60000000 /dev/zero | tr '\\0' x); echo ${#x}) & done
                wait
                x=$(head -c 200000000 /dev/zero | tr '\\0' x)
                echo never
                """
            let job = try fixture.job(build: script) { $0.settings.resources.memoryBytes = 64 << 20 }
            let (outcome, log) = try await run(job, in: fixture)
            #expect(outcome.state == .failure, "\(outcome)")
            #expect(await !log.lines(.build).contains("never"))
        }
    }

    /// They take a minute; a slow machine may do with fewer: `KOZMIC_FLOOD_BYTES=200000000`.
    private static let flood =
        ProcessInfo.processInfo.environment["KOZMIC_FLOOD_BYTES"].flatMap { Int64($0) } ?? 10_000_000_000

    @Test("a flood is cut in the middle, says so, and does not lie on a disk", arguments: [true, false])
    func flood(hasBerth: Bool) async throws {
        let preparation = hasBerth ? Preparation(berths: 1, ownNetwork: true) : Preparation()
        try await RunnerFixture.with(preparation: preparation) { fixture in
            let limit: Int64 = 1 << 20
            let before = try free(fixture.root)
            // Attaching is slower: the engine copies each byte several times.
            let count = hasBerth ? Self.flood : min(Self.flood, 100_000_000)
            let job = try fixture.job(build: "echo begin; head -c \(count) /dev/zero; echo; echo end") {
                $0.settings.logLimitBytes = limit
                $0.settings.timeoutSeconds = 600
            }
            let (outcome, log) = try await run(job, in: fixture)
            #expect(outcome == .success, "\(outcome)")
            let bytes = await log.bytes(.build)
            #expect(bytes.count == limit)
            #expect(bytes.starts(with: "begin\n\0\0\0".utf8) && bytes.suffix(8).elementsEqual("\0\0\0\nend\n".utf8))
            let text = await log.text
            #expect(text.contains(" left out here: the log limit is 1 MiB\n"))
            // The engine keeps 64 MiB at most, and what passed through a pipe is given back.
            if count > 1 << 30 { #expect(try before - free(fixture.root) < 1 << 30) }
        }
    }

    private func free(_ path: String) throws -> Int64 {
        var status = statvfs()
        try #require(statvfs(path, &status) == 0)
        return Int64(status.f_bavail) * Int64(status.f_frsize)
    }

    @Test("bytes of all kinds and no line end arrive as they are", arguments: [true, false])
    func binary(hasBerth: Bool) async throws {
        let preparation = hasBerth ? Preparation(berths: 1, ownNetwork: true) : Preparation()
        try await RunnerFixture.with(preparation: preparation) { fixture in
            var bytes = (0..<4096).flatMap { _ in (0...255).map { UInt8($0) } }
            // Titles, colours, the alternate screen, a reset, and a sequence that never ends.
            bytes += Array(
                "\u{1B}]0;owned\u{07}\u{1B}[2J\u{1B}[?1049h\u{1B}c\u{1B}P\u{9B}31m\u{1B}[\(String(repeating: "9;", count: 9999))"
                    .utf8)
            try Data(bytes).write(to: URL(filePath: "\(fixture.source)/bytes"))
            try fixture.commit("Bytes")
            try await fixture.mirror.fetch()
            let (outcome, log) = try await run(try fixture.job(build: "cat bytes; exit 7"), in: fixture)
            #expect(outcome == JobOutcome(state: .failure, exitCode: 7, reason: "build script failed with exit code 7"))
            #expect(await log.bytes(.build) == bytes)
            // Our own words begin on a line of theirs.
            #expect(await log.text.hasSuffix("\nBuild script failed with exit code 7\n"))
        }
    }

    @Test("what is left in the background ends with the script, whatever it holds", arguments: [true, false])
    func background(hasBerth: Bool) async throws {
        let preparation = hasBerth ? Preparation(berths: 1, ownNetwork: true) : Preparation()
        try await RunnerFixture.with(preparation: preparation) { fixture in
            let script = """
                (trap '' TERM HUP; while :; do sleep 1; done) &
                setsid bash -c 'trap "" TERM HUP; exec 3>/dev/stdout; while :; do sleep 1; done' &
                (sleep 1; yes late) &
                echo done
                exit 0
                """
            let (outcome, log) = try await run(try fixture.job(build: script), in: fixture)
            #expect(outcome == .success)
            #expect(await log.lines(.build) == ["done"])
        }
    }

    @Test("a process that ignores SIGTERM and never sleeps is killed")
    func endless() async throws {
        try await RunnerFixture.with { fixture in
            let job = try fixture.job(build: "trap '' TERM; echo begin; while :; do :; done") {
                $0.settings.timeoutSeconds = 1
                $0.settings.resources.milliCPUs = 500
            }
            let (outcome, log) = try await run(job, in: fixture)
            #expect(outcome.reason == "stopped: ran longer than 1 s", "\(outcome)")
            #expect(await log.text.contains("The script still runs after 1 s; sending SIGKILL\n"))
        }
    }

    @Test("names that confuse are files like others")
    func names() async throws {
        try await RunnerFixture.with { fixture in
            let names = [
                "-rf", "--help", "$(touch owned)", "`touch owned`", "a\nb", "tab\there", " ", "trailing ",
                "back\\slash", "quo\"te'",
                "\u{202E}fdp.exe", "*", "?", "[a]", "con", "a;touch owned", "\u{1B}[31m",
                String(repeating: "ä", count: 127),
            ]
            // The last one is no text at all.
            for name in names.map({ Array($0.utf8) }) + [[0xFF, 0xFE, 0x80]] {
                let path = (Array("\(fixture.source)/".utf8) + name).map { CChar(bitPattern: $0) } + [0]
                let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
                try #require(file >= 0)
                close(file)
            }
            try fixture.commit("Names")
            try await fixture.mirror.fetch()
            let script = "git status --porcelain; git ls-files -z | tr -cd '\\0' | wc -c; ls -1U -b | grep -c owned"
            let (_, log) = try await run(
                try fixture.job(build: script, install: "ls -A -1 -b") {
                    $0.trackedFiles = ["-rf", "$(touch owned)", "*"]
                },
                in: fixture)
            #expect(await log.lines(.install) == ["$(touch\\ owned)", "*", "-rf"])
            // The fixture has two files of its own.
            #expect(await log.lines(.build) == ["\(names.count + 3)", "3"])
        }
    }

    @Test("links lead to the container's own files, never to the host's, tracked ones too")
    func links() async throws {
        try await RunnerFixture.with { fixture in
            let secret = "\(fixture.root)/host-secret"
            try Data("of the host".utf8).write(to: URL(filePath: secret))
            let links = [
                "root": "/", "secret": secret, "up": "../../../../../..", "self": "self", "src/out": "../../../etc",
            ]
            for (name, target) in links {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(fixture.source)/\(name)", withDestinationPath: target)
            }
            try fixture.commit("Links")
            try await fixture.mirror.fetch()
            let install = """
                for name in root secret up self src/out; do echo "$name $(readlink "$name")"; done
                cat secret 2>/dev/null
                # A path through a link is not in the tree.
                test -e root/kozmic && test ! -e below
                """
            let build = """
                git status --porcelain
                cat secret 2>/dev/null
                echo x >root/tmp/kozmic-written && cat /tmp/kozmic-written
                """
            let job = try fixture.job(build: build, install: install) {
                $0.trackedFiles = ["root", "secret", "up", "self", "src/out", "root/etc/passwd", "src/out/passwd"]
            }
            let (outcome, log) = try await run(job, in: fixture)
            #expect(outcome == .success)
            #expect(
                await log.lines(.install) == [
                    "root /", "secret \(secret)", "up ../../../../../..", "self self", "src/out ../../../etc",
                ])
            #expect(await log.lines(.build) == ["x"])
            #expect(!FileManager.default.fileExists(atPath: "/tmp/kozmic-written"))
        }
    }

    @Test(
        "a commit that would write into .git, or outside, is an error that names the path",
        arguments: [".git", ".GIT", "..", "a/../../b"])
    func dotGit(name: String) async throws {
        try await RunnerFixture.with { fixture in
            let blob = try fixture.git("hash-object", "-w", "requirements.txt")
            let tree = try fixture.rawTree([(mode: "100644", name: name, object: blob)])
            let commit = try fixture.git("commit-tree", "-m", "Hostile", tree)
            try fixture.git("update-ref", "refs/heads/hostile", commit)
            try await fixture.mirror.fetch()
            var job = try fixture.job(build: "echo never")
            job.commit = commit
            let (outcome, log) = try await run(job, in: fixture)
            #expect(outcome.state == .error, "\(outcome)")
            #expect(outcome.reason?.contains("must not be written: \(name)") == true, "\(outcome)")
            #expect(await log.bytes(.build).isEmpty)
        }
    }

    @Test("attributes, hooks and addresses of submodules run nothing, here or there")
    func gitTricks() async throws {
        try await RunnerFixture.with { fixture in
            let marker = "\(fixture.root)/owned"
            try fixture.write("* filter=evil diff=evil merge=evil\n", to: ".gitattributes")
            try fixture.write(
                "[filter \"evil\"]\n\tsmudge = touch \(marker)\n\tclean = touch \(marker)\n", to: ".gitconfig")
            try fixture.write("#!/bin/sh\ntouch \(marker)\n", to: "hooks/post-checkout")
            try fixture.write(
                """
                [submodule "a"]
                \tpath = a
                \turl = ext::sh -c touch% \(marker)
                [submodule "b"]
                \tpath = b
                \turl = ssh://-oProxyCommand=touch\(marker)/x
                [submodule "../../x"]
                \tpath = c
                \turl = file:///etc
                \tupdate = !touch \(marker)
                """, to: ".gitmodules")
            try fixture.git("add", "--all")
            for path in ["a", "b", "c"] {
                try fixture.git("update-index", "--add", "--cacheinfo", "160000,\(try fixture.head),\(path)")
            }
            try fixture.git("commit", "--quiet", "-m", "Tricks")
            try await fixture.mirror.fetch()
            let script =
                "git status --porcelain 2>/dev/null; git log --oneline | wc -l; ls -A a b c; ls .git/hooks 2>/dev/null; cat .git/config | grep -c submodule"
            let (_, log) = try await run(try fixture.job(build: script), in: fixture)
            #expect(await log.lines(.build) == ["2", "a:", "b:", "c:", "0"])
            #expect(!FileManager.default.fileExists(atPath: marker))
        }
    }

    /// Nothing limits how many files are written; what only lists a tree has a limit, which the tests of git look at.
    @Test("a job whose tree has no end can be cancelled while it is written, and leaves nothing")
    func endlessTree() async throws {
        try await RunnerFixture.with { fixture in
            let blob = try fixture.git("hash-object", "-w", "requirements.txt")
            var tree = try fixture.rawTree(
                (0..<40).map { (mode: "100644", name: String(format: "f%02d", $0), object: blob) })
            for _ in 0..<6 {
                tree = try fixture.rawTree(
                    (0..<40).map { (mode: "40000", name: String(format: "d%02d", $0), object: tree) })
            }
            let commit = try fixture.git("commit-tree", "-m", "Endless", tree)
            try fixture.git("update-ref", "refs/heads/endless", commit)
            try await fixture.mirror.fetch()
            var job = try fixture.job(build: "echo never") { $0.trackedFiles = ["."] }
            job.commit = commit
            let control = JobControl()
            // A million files take a while: whoever does not want to wait may cancel.
            let log = MemoryLog()
            async let running = fixture.run(job, log: log, control: control)
            for _ in 0..<600 where await !log.progress.contains(.commit) {
                try await Task.sleep(for: .milliseconds(100))
            }
            control.cancel(reason: "cancelled by octocat")
            let outcome = try await running.outcome
            #expect(outcome == JobOutcome(state: .cancelled, reason: "cancelled by octocat"))
            try await expectGone(job, fixture)
            let left = (try? FileManager.default.contentsOfDirectory(atPath: "\(fixture.root)/work")) ?? []
            #expect(left.isEmpty)
        }
    }
}

extension RunnerFixture {
    /// A tree as it stands there, which git itself would refuse to make.
    func rawTree(_ entries: [(mode: String, name: String, object: String)]) throws -> String {
        var bytes = Data()
        for entry in entries {
            bytes += Data("\(entry.mode) \(entry.name)".utf8) + [0]
            var digits = Substring(entry.object)
            while !digits.isEmpty {
                bytes.append(try #require(UInt8(digits.prefix(2), radix: 16)))
                digits = digits.dropFirst(2)
            }
        }
        let file = "\(root)/tree-\(UUID().uuidString)"
        try bytes.write(to: URL(filePath: file))
        return try git("hash-object", "-t", "tree", "-w", "--literally", file)
    }
}
