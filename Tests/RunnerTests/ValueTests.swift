import DockerEngine
import Model
import SeededRandom
import Testing

@testable import Runner

@Suite("Environment, users, words and limits")
struct ValueTests {
    private func job(ref: GitRef, pullRequest: Int? = nil, secrets: [String: String] = [:]) throws -> JobSpec {
        var hook = Hook(id: try #require(HookID("tests")), image: "debian", buildScript: "#!/bin/sh")
        hook.environment = ["LANG": "C.UTF-8", "TERM": "dumb", "TOKEN": "none"]
        return JobSpec(
            instance: "i/1", jobID: 12, attempt: 2, repository: try #require(RepositoryName("Acme/Widget")), hook: hook,
            buildNumber: 7, buildURL: "http://ci/7", commit: "c0ffee", ref: ref, pullRequest: pullRequest,
            trusted: true,
            secrets: secrets)
    }

    @Test("one of branch, tag and pull request is set and the others are taken away; later kinds win")
    func environment() throws {
        let branch = try job(ref: .branch("feature/x"), pullRequest: 3, secrets: ["TOKEN": "s3cret"])
        #expect(
            ScriptEnvironment.list(branch) == [
                "CI=true", "KOZMIC=true", "KOZMIC_BRANCH=feature/x", "KOZMIC_BUILD_NUMBER=7",
                "KOZMIC_BUILD_URL=http://ci/7", "KOZMIC_COMMIT=c0ffee", "KOZMIC_HOOK=tests", "KOZMIC_PULL_REQUEST",
                "KOZMIC_REF=refs/heads/feature/x", "KOZMIC_REPOSITORY=Acme/Widget", "KOZMIC_TAG", "LANG=C.UTF-8",
                "TERM=dumb", "TOKEN=none",
            ])
        let fork = ScriptEnvironment.list(try job(ref: .pullRequest(17)))
        #expect(fork.contains("KOZMIC_PULL_REQUEST=17") && fork.contains("KOZMIC_BRANCH"))
        let tag = ScriptEnvironment.list(try job(ref: GitRef("refs/tags/v1")))
        #expect(tag.contains("KOZMIC_TAG=v1") && tag.contains("KOZMIC_PULL_REQUEST"))
        #expect(!"\(branch)".contains("s3cret") && !String(reflecting: branch).contains("s3cret"))
    }

    @Test("a container is limited, labelled, and never shows the image's /kozmic")
    func plan() throws {
        var job = try job(ref: .branch("main"))
        job.hook.sudo = false
        let plan = ContainerPlan(job: job, phase: .install, image: "sha256:1", labels: [Labels.cache: "key"])
        let spec = plan.spec
        #expect(plan.name == "kozmic-i_1-12-2-install")
        #expect(spec.memory == 2 << 30 && spec.memorySwap == 2 << 30 && spec.nanoCPUs == 2_000_000_000)
        #expect(spec.pidsLimit == 2048 && spec.capDrop == ["ALL"] && spec.securityOptions == ["no-new-privileges"])
        #expect(spec.entrypoint?.first == "/bin/sh" && spec.user == "kozmic")
        #expect(spec.entrypoint?.last?.contains("\n(exec /kozmic/install-script) ") == true && spec.usesInit)
        #expect(spec.labels[Labels.instance] == "i/1" && spec.labels[Labels.cache] == "key")
        #expect(Labels.owner(spec.labels) == JobAttempt(jobID: 12, attempt: 2))
        #expect(Labels.owner(spec.labels.merging(Labels.cachedImage(job, key: "key")) { $1 }) == nil)
    }

    @Test(
        "an exit code that a script's launcher wrote is taken if it is one",
        arguments: [("0\n", 0), ("255\n", 255), ("256\n", nil), ("3", nil), ("", nil), ("-1\n", nil), ("1\n2\n", nil)]
            as [(String, Int?)])
    func exitCode(_ text: String, _ code: Int?) { #expect(Launcher.exitCode(Array(text.utf8)) == code) }

    @Test(
        "users are found as the engine finds them",
        arguments: [
            ("kozmic", 1000, 1001), ("1000", 1000, 1001), ("root", 0, 0), ("4711", 4711, 0), ("kozmic:adm", 1000, 4),
            ("kozmic:77", 1000, 77), ("0:adm", 0, 4),
        ])
    func users(user: String, uid: Int, gid: Int) throws {
        let passwd = "root:x:0:0:root:/root:/bin/bash\nbroken\n::::\nkozmic:x:1000:1001:,,,:/home/kozmic:/bin/bash\n"
        let found = ContainerUser(user, passwd: Array(passwd.utf8), group: Array("adm:x:4:syslog\n".utf8))
        let user = try #require(found)
        #expect(user.uid == uid && user.gid == gid)
    }

    @Test("users that are not there", arguments: ["nobody", "", ":0", "root:none", "-1", "99999999999", "+1"])
    func noUser(user: String) {
        #expect(ContainerUser(user, passwd: Array("root:x:0:0::/:\n".utf8), group: []) == nil)
    }

    @Test("any bytes are a passwd file")
    func passwdFuzz() {
        var random = SeededGenerator(seed: 20261124)
        let alphabet = Array("root:x0\n:kozmic19-\u{0}é".utf8)
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            if let user = ContainerUser("root:kozmic", passwd: bytes, group: bytes) {
                #expect(user.uid >= 0 && user.gid >= 0)
            }
        }
    }

    @Test("ends in words")
    func words() throws {
        let hook = try job(ref: .branch("main")).hook
        func reason(_ end: ScriptEnd) -> String {
            let outcome = Explain.outcome(end, of: .build, hook: hook)
            return "\(outcome.state): \(outcome.reason ?? "")"
        }
        #expect(Explain.outcome(ScriptEnd(exitCode: 0), of: .build, hook: hook) == .success)
        #expect(reason(ScriptEnd(exitCode: 1)) == "failure: build script failed with exit code 1")
        #expect(reason(ScriptEnd(exitCode: 139)) == "failure: build script failed with exit code 139 (signal 11)")
        #expect(
            reason(ScriptEnd(exitCode: 137, oomKilled: true))
                == "failure: build script killed by the kernel: out of memory (limit 2 GiB)")
        #expect(reason(ScriptEnd(exitCode: 0, stop: .stall)) == "failure: stopped: no output for 15 m")
        #expect(reason(ScriptEnd(exitCode: 143, stop: .cancel("newer commit"))) == "cancelled: newer commit")
        #expect(
            reason(ScriptEnd(exitCode: 255, unwatched: true))
                == "error: the Docker Engine stopped while the build script ran (exit code 255)")
        #expect(reason(ScriptEnd(exitCode: 1, unwatched: true)) == "failure: build script failed with exit code 1")
        var unseen = ScriptEnd(exitCode: 137, duration: .seconds(3601), unwatched: true)
        unseen.guessStop(settings: hook.settings, cancelReason: nil)
        #expect(reason(unseen) == "failure: stopped: ran longer than 1 h")
        unseen = ScriptEnd(exitCode: 137, unwatched: true)
        unseen.guessStop(settings: hook.settings, cancelReason: "newer commit")
        #expect(reason(unseen) == "cancelled: newer commit")
        let tail = Array("exec /kozmic/build-script: no such file or directory\n".utf8)
        #expect(
            reason(ScriptEnd(exitCode: 255, errorTail: tail))
                == "error: the build script's interpreter '/bin/sh' is not in the image")
    }

    @Test("what an engine cannot start is blamed on a program only if its words are about one")
    func notStarted() throws {
        let hook = try job(ref: .branch("main")).hook
        func reason(_ words: String) -> String? { Explain.notStarted(words, phase: .build, hook: hook).reason }
        let begin = "OCI runtime create failed: runc create failed: unable to start container process: "
        #expect(
            reason("\(begin)exec: \"/kozmic/build-script\": stat /kozmic/build-script: no such file or directory")
                == "the build script's interpreter '/bin/sh' is not in the image")
        #expect(
            reason("\(begin)exec: \"/kozmic/build-script\": permission denied: unknown")
                == "the build script's interpreter '/bin/sh' may not be executed by this user")
        #expect(
            reason("stat /bin/sh: no such file or directory")
                == "the image has no /bin/sh, which a hook with secrets needs: it hands them to the build script")
        for words in [
            "\(begin)error setting cgroup config: openat2 /sys/fs/cgroup/docker/pids.max: no such file or directory",
            "\(begin)error mounting \"/srv/volumes/x/_data\" to rootfs at \"/kozmic\": no such file or directory",
            "\(begin)chdir to cwd (\"/kozmic/src\") set in config.json failed: permission denied: unknown",
        ] {
            #expect(reason(words) == "the Docker Engine cannot start the build script: \(words)")
        }
    }

    @Test(
        "a shell for another machine is recognized in the words of the container's first process",
        arguments: [
            "[FATAL tini (7)] exec /bin/sh failed: Exec format error\n",
            "ERROR (catatonit:2): failed to exec pid1: Exec format error\n",
            "standard_init_linux.go:228: exec user process caused: exec format error\n",
            "exec /bin/sh: exec format error",
        ])
    func foreignShell(_ words: String) throws {
        let hook = try job(ref: .branch("main")).hook
        let outcome = Explain.outcome(
            ScriptEnd(exitCode: 1, errorTail: Array(words.utf8)), of: .build, hook: hook)
        #expect(outcome == JobOutcome(state: .error, reason: "the image's /bin/sh is no program for this machine"))
        // A script may print the same among its own words.
        let own = Explain.outcome(
            ScriptEnd(exitCode: 1, errorTail: Array("cc: failed\n\(words)".utf8)), of: .build, hook: hook)
        #expect(own.state == .failure)
        #expect(Explain.isForeign(outcome) && !Explain.isForeign(own))
        let named = Explain.foreign(outcome, image: "debian", for: "linux/arm64", on: "linux/amd64")
        #expect(
            named.reason
                == "the image's /bin/sh is no program for this machine: the image debian is for linux/arm64, the Docker "
                + "Engine's machine is linux/amd64. Use an image for linux/amd64, or install an emulator on the machine "
                + "(binfmt_misc with QEMU)")
        #expect(Explain.foreign(outcome, image: "debian", for: "linux/amd64", on: "linux/amd64") == outcome)
        #expect(Explain.foreign(outcome, image: "debian", for: "/", on: "linux/amd64") == outcome)
    }

    @Test("amounts in words")
    func amounts() {
        #expect(Amount.bytes(1536 << 20) == "1.5 GiB" && Amount.bytes(999) == "999 bytes")
        #expect(Amount.elapsed(.milliseconds(250)) == "0.2 s" && Amount.elapsed(.seconds(130)) == "2 m 10 s")
    }

    @Test("the first line of a script")
    func shebang() {
        #expect(Shebang(script: "#! /usr/bin/env python3\n")?.interpreter == "/usr/bin/env")
        #expect(Shebang(script: "#!/bin/sh")?.hasCarriageReturn == false)
        #expect(Shebang(script: "#!/bin/sh\r\n")?.hasCarriageReturn == true)
        #expect(Shebang(script: "#!bash") == nil && Shebang(script: "echo") == nil && Shebang(script: "") == nil)
    }

    @Test("bytes that the log has are left out, whatever the pieces")
    func skip() {
        var random = SeededGenerator(seed: 20261124)
        let text = (0..<1000).map { UInt8($0 % 251) }
        for stored in [0, 1, 500, 999, 1000, 1001] {
            var skip = LogSkip(stdout: Int64(stored), stderr: 3)
            var (rest, position) = ([UInt8](), 0)
            while position < text.count {
                let end = min(text.count, position + Int.random(in: 1...90, using: &random))
                rest += skip.rest(of: Array(text[position..<end]), from: .stdout)
                position = end
            }
            #expect(rest == Array(text.dropFirst(stored)))
            #expect(skip.rest(of: [1, 2, 3, 4], from: .stderr) == [4])
        }
    }

    @Test("the end of a log that came byte by byte costs no more than one that came at once", .timeLimit(.minutes(1)))
    func smallPieces() {
        var budget = LogBudget(limit: 1 << 20, stored: 0)
        let count = 1_000_000 + (1 << 20)
        for number in 0..<count {
            _ = budget.admit(.init(section: .build, source: .stdout, bytes: [UInt8(number % 251)]))
        }
        #expect(budget.leftOut == 1_000_000)
        let end = (count - (256 << 10)..<count).map { UInt8($0 % 251) }
        #expect(budget.finish().flatMap(\.bytes) == end)
    }

    @Test("the place up to which the log has an output is found in a copy that lost its beginning, whatever the pieces")
    func place() {
        var random = SeededGenerator(seed: 20261130)
        // Each line is there once.
        let text = Array((0..<2000).map { "line \($0)\n" }.joined().utf8)
        func answer(_ copy: some Collection<UInt8>, stored: Int, end: [UInt8]? = nil) -> Int64? {
            var place = LogPlace(count: Int64(stored), end: end ?? Array(text.prefix(stored).suffix(1000)))
            var rest = Array(copy)[...]
            while !rest.isEmpty, !place.isKnown {
                let piece = rest.prefix(Int.random(in: 1...700, using: &random))
                rest = rest.dropFirst(piece.count)
                place.look(at: Array(piece))
            }
            return place.answer
        }
        for stored in [0, 1, 3, 999, 1000, 1001, 9000, text.count] {
            #expect(answer(text, stored: stored) == Int64(stored))
            // Nothing to compare: the count is all there is.
            #expect(answer(text.dropFirst(50), stored: stored, end: []) == Int64(stored))
        }
        for lost in [1, 10, 4000, 8000] {
            #expect(answer(text.dropFirst(lost), stored: 9000) == Int64(9000 - lost))
            #expect(answer(text[lost..<9000], stored: 9000) == Int64(9000 - lost))
        }
        // Begins within what is compared, or after it.
        for lost in [8001, 9000, 9500] { #expect(answer(text.dropFirst(lost), stored: 9000) == nil) }
        // One letter may be masked here and shown there.
        var end = Array(text.prefix(9000).suffix(1000))
        end[500] = UInt8(ascii: "*")
        #expect(answer(text, stored: 9000, end: end) == 9000)
    }

    @Test("a log knows the last bytes of each stream, those of an earlier process too, until nothing more goes into it")
    func ends() async throws {
        let sink = MemoryLog()
        let text = (0..<3000).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        try await sink.append(.build, .stdout, Array(text.prefix(1500)))
        let log = await JobLog(sink, limit: 1 << 20)
        #expect(await log.end(.build, .stdout) == Array(text.prefix(1500).suffix(1000)))
        #expect(await log.end(.build, .stderr) == [])
        for byte in text[1500..<1600] { try await log.append(.build, .stdout, [byte]) }
        #expect(await Array(log.end(.build, .stdout).suffix(1000)) == Array(text.prefix(1600).suffix(1000)))
        try await log.append(.build, .stdout, Array(text[1600...]))
        #expect(await Array(log.end(.build, .stdout).suffix(1000)) == Array(text.suffix(1000)))
        let full = await JobLog(sink, limit: 2000)
        #expect(await full.end(.build, .stdout) == [])
    }

    @Test("the engine's copy of an output is ours to limit, whatever its daemon is set to")
    func engineLog() throws {
        for phase in [ScriptPhase.install, .build] {
            var job = try job(ref: .branch("main"))
            job.hook.settings.logLimitBytes = 1 << 30
            let spec = ContainerPlan(job: job, phase: phase, image: "sha256:1").spec
            #expect(spec.logDriver == "json-file")
            #expect(spec.logOptions == ["max-size": "\(2 << 30)", "max-file": "1", "compress": "false"])
            guard phase == .build else { continue }
            let recipe = try #require(StandbyRecipe(job, image: "sha256:1", named: "image", hasInit: true))
            #expect(recipe.template.logOptions == spec.logOptions)
        }
    }

    @Test("a log within its limit is untouched; of a longer one the beginning and the end are kept")
    func budget() {
        func written(_ count: Int, limit: Int64, stored: Int64 = 0) -> (bytes: [UInt8], leftOut: Int64) {
            var budget = LogBudget(limit: limit, stored: stored)
            var bytes: [UInt8] = []
            for begin in stride(from: 0, to: count, by: 7) {
                let piece = LogBudget.Piece(
                    section: .build, source: .stdout, bytes: (begin..<min(count, begin + 7)).map { UInt8($0 % 251) })
                bytes += budget.admit(piece)?.bytes ?? []
            }
            let leftOut = budget.leftOut
            return (bytes + budget.finish().flatMap(\.bytes), leftOut)
        }
        let all = (0..<1000).map { UInt8($0 % 251) }
        #expect(written(1000, limit: 1000) == (all, 0))
        #expect(written(1000, limit: 100) == (Array(all.prefix(50) + all.suffix(50)), 900))
        #expect(written(1000, limit: 0) == ([], 1000))
        #expect(written(1000, limit: 100, stored: 100) == ([], 1000))
        #expect(written(1000, limit: 100, stored: 30) == (Array(all.prefix(20) + all.suffix(50)), 930))
    }
}
