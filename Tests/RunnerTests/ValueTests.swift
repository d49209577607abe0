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

    @Test("loopback and what others have are none of this machine's addresses")
    func addresses() {
        // What it has is looked at in `RootlessTests`.
        for text in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "192.0.2.77", "2001:db8::77", "", "localhost", "0.0.0.0"] {
            #expect(!MachineAddress.isOne(text), "\(text)")
        }
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

    @Test("no more processors are asked for than the engine has, with and without a container that waits")
    func processors() throws {
        var job = try job(ref: .branch("main"))
        for (milliCPUs, processors, sent) in [
            (2000, 1, 1000), (2000, 2, 2000), (64_000, 2, 2000), (500, 1, 500), (64_000, 0, 64_000), (2500, 4, 2500),
        ] {
            job.hook.settings.resources.milliCPUs = milliCPUs
            let plan = ContainerPlan(job: job, phase: .build, image: "sha256:1", processors: processors)
            #expect(plan.spec.nanoCPUs == Int64(sent) * 1_000_000, "\(milliCPUs) of \(processors)")
            let recipe = try #require(
                StandbyRecipe(job, image: "sha256:1", named: "image", hasInit: true, processors: processors))
            #expect(recipe.template.nanoCPUs == plan.spec.nanoCPUs)
        }
    }

    @Test("that a hook asked for more processors than there are is told, unless it is the default")
    func processorsNote() {
        func note(_ milliCPUs: Int, _ processors: Int) -> String? {
            var resources = Resources()
            resources.milliCPUs = milliCPUs
            return resources.processorsNote(processors)
        }
        #expect(note(64_000, 2) == "resources.cpus: 64, the engine has 2 processors; limited to 2")
        #expect(note(1500, 1) == "resources.cpus: 1.5, the engine has 1 processor; limited to 1")
        #expect(note(2000, 1) == nil && note(2000, 2) == nil && note(64_000, 0) == nil && note(64_000, 64) == nil)
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
}
