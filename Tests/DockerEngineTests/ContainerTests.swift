import DockerEngine
import Foundation
import Testing

@Suite("Containers of a real engine", .needsEngine, .timeLimit(.minutes(5)))
struct ContainerTests {
    @Test("the version is agreed on, and the engine describes itself")
    func version() async throws {
        try await withEngine { fixture in
            let version = try await fixture.engine.version()
            #expect(version.api >= .oldest && version.api <= min(.newest, version.engineAPI))
            let info = try await fixture.engine.info()
            #expect(info.version == version.engine)
            #expect(info.processors > 0 && info.memory > 0)
        }
    }

    @Test("what attach gives is all that was written, in order and apart, and wait gives the exit code")
    func attach() async throws {
        try await withEngine { fixture in
            let engine = fixture.engine
            let script = "for i in {1..200}; do echo out $i; echo err $i >&2; done; printf last; exit 7"
            let id = try await engine.createContainer(fixture.spec(script), name: "kozmic-test-\(fixture.id)")
            #expect(try await engine.container(id)?.state.status == .created)
            let stream = try await engine.attach(id)
            try await engine.start(id)
            let output = try await collect(stream)
            #expect(output.stdout == (1...200).map { "out \($0)\n" }.joined() + "last")
            #expect(output.stderr == (1...200).map { "err \($0)\n" }.joined())
            #expect(try await engine.wait(id) == 7)
            let container = try #require(try await engine.container("kozmic-test-\(fixture.id)"))
            #expect(container.id == id)
            #expect(container.name == "kozmic-test-\(fixture.id)")
            #expect(container.labels["kozmic.test"] == fixture.id)
            #expect(container.state.status == .exited && container.state.exitCode == 7 && !container.state.isRunning)
            #expect(container.state.startedAt != nil && container.state.finishedAt != nil)
            #expect(try await engine.containers(labels: fixture.filter).map(\.id) == [id])
            #expect(try await engine.containers(labels: fixture.filter, all: false).isEmpty)
        }
    }

    @Test("a log of forty megabytes arrives whole")
    func large() async throws {
        try await withEngine { fixture in
            let line = "a line of sixty-four characters, which divides any power of two\n"
            let pattern = Array(String(repeating: line, count: 64_000).utf8)
            var spec = fixture.spec("yes '\(line.dropLast())' | head -c 40000000")
            spec.logDriver = "none"
            let id = try await fixture.engine.createContainer(spec)
            let stream = try await fixture.engine.attach(id)
            try await fixture.engine.start(id)
            var size = 0
            var isSame = true
            for try await frame in stream where frame.stream == .stdout {
                try #require(frame.bytes.count <= pattern.count - 64)
                pattern.withUnsafeBytes { expected in
                    frame.bytes.withUnsafeBytes { bytes in
                        if let a = expected.baseAddress, let b = bytes.baseAddress {
                            isSame = isSame && memcmp(a + size % 64, b, bytes.count) == 0
                        }
                    }
                }
                size += frame.bytes.count
            }
            #expect(size == 40_000_000)
            #expect(isSame)
            #expect(try await fixture.engine.wait(id) == 0)
        }
    }

    @Test("after a lost connection the log gives everything from the beginning, and follows to the end")
    func resume() async throws {
        try await withEngine { fixture in
            let engine = fixture.engine
            let gate = "echo 1; echo 2 >&2; until [ -e /go ]; do sleep 0.02; done; echo 3; echo 4 >&2"
            var spec = fixture.spec(gate)
            spec.logDriver = "json-file"
            let id = try await engine.createContainer(spec)
            do {
                var first = try await engine.attach(id).makeAsyncIterator()
                try await engine.start(id)
                #expect(try await first.next()?.bytes.isEmpty == false)
            }
            let log = try await engine.logs(id, follow: true)
            try await engine.putArchive(id, path: "/", tar: TarStream(TarEntry("go", .bytes([]))))
            let output = try await collect(log)
            #expect(output.stdout == "1\n3\n")
            #expect(output.stderr == "2\n4\n")
            let again = try await collect(try await engine.logs(id, follow: false))
            #expect(again == output)
        }
    }

    @Test("stop is polite, kill is not, and one that does not run cannot be killed")
    func stopAndKill() async throws {
        try await withEngine { fixture in
            let engine = fixture.engine
            let polite = try await engine.createContainer(
                fixture.spec("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.02; done"))
            var output = try await engine.attach(polite).makeAsyncIterator()
            try await engine.start(polite)
            #expect(try await output.next()?.bytes == Array("ready\n".utf8))
            try await engine.stop(polite, timeout: .seconds(30))
            #expect(try await output.next()?.bytes == Array("bye\n".utf8))
            #expect(try await engine.wait(polite) == 3)
            try await engine.stop(polite)

            let stubborn = try await fixture.run("trap '' TERM; while :; do sleep 0.02; done")
            try await engine.start(stubborn)
            try await engine.kill(stubborn)
            #expect(try await engine.wait(stubborn) == 137)
            let error = try await #require(throws: DockerError.self) { try await engine.kill(stubborn) }
            #expect(error.kind == .conflict)
        }
    }

    @Test("a task that waits can be cancelled")
    func cancel() async throws {
        try await withEngine { fixture in
            let engine = fixture.engine
            let id = try await fixture.run("sleep 1000")
            let waiting = Task { try await engine.wait(id) }
            waiting.cancel()
            let error = try await #require(throws: DockerError.self) { try await waiting.value }
            #expect(error.kind == .cancelled)
            try await engine.remove(id, force: true)
        }
    }

    @Test("what is gone already may be removed again, by several at once; what never was is nothing")
    func removal() async throws {
        try await withEngine { fixture in
            let engine = fixture.engine
            let id = try await fixture.run("sleep 1000")
            let error = try await #require(throws: DockerError.self) { try await engine.remove(id) }
            #expect(error.kind == .conflict)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await engine.remove(id, force: true) } }
                try await group.waitForAll()
            }
            #expect(try await engine.container(id) == nil)
            try await engine.remove(id)
            await #expect(throws: DockerError.self) { try await engine.start(id) }
        }
    }

    @Test("a name that is taken is a conflict, a missing image is not found, both in the engine's words")
    func creation() async throws {
        try await withEngine { fixture in
            let name = "kozmic-test-\(fixture.id)"
            _ = try await fixture.engine.createContainer(fixture.spec("true"), name: name)
            let taken = try await #require(throws: DockerError.self) {
                try await fixture.engine.createContainer(fixture.spec("true"), name: name)
            }
            #expect(taken.kind == .conflict && taken.message.contains(name))
            let missing = try await #require(throws: DockerError.self) {
                try await fixture.engine.createContainer(DockerContainerSpec(image: "kozmic/missing:\(fixture.id)"))
            }
            #expect(missing.kind == .notFound && missing.message.contains("kozmic/missing"))
        }
    }

    @Test("a container that is being made is known to whoever asked for it, also when cancelled meanwhile")
    func cancelledCreation() async throws {
        try await withEngine { fixture in
            let creation = Task { try await fixture.engine.createContainer(fixture.spec("true")) }
            creation.cancel()
            let id = try await creation.value
            #expect(try await fixture.engine.containers(labels: fixture.filter).map(\.id) == [id])
        }
    }

    @Test("a container is what its specification says")
    func specification() async throws {
        try await withEngine { fixture in
            try await fixture.engine.createVolume(name: "kozmic-test-\(fixture.id)", labels: fixture.labels)
            var spec = fixture.spec(
                "id -un; pwd; hostname; echo $A; ulimit -u >/dev/null; cat /proc/self/status | grep -E 'NoNewPrivs|CapEff';"
                    + " cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null;"
                    + " stat -fc %T /scratch; cat /proc/1/comm; grep registry.test /etc/hosts")
            spec.user = "kozmic"
            spec.workingDirectory = "/kozmic/src"
            spec.hostname = "builder"
            spec.environment = ["A=b c", "PATH=/usr/bin:/bin"]
            spec.mounts = [
                DockerMount(.volume("kozmic-test-\(fixture.id)", noCopy: true), at: "/kozmic"),
                DockerMount(.tmpfs(size: 1 << 20), at: "/scratch"),
            ]
            spec.memory = 64 << 20
            spec.memorySwap = 64 << 20
            spec.nanoCPUs = 500_000_000
            spec.pidsLimit = 50
            spec.capDrop = ["ALL"]
            spec.securityOptions = ["no-new-privileges"]
            spec.usesInit = true
            spec.extraHosts = ["registry.test:10.1.2.3"]
            // /etc/hosts is written where there is a network.
            spec.networkMode = nil
            let lines = try await fixture.output(of: spec).split(separator: "\n").map(String.init)
            #expect(Array(lines.prefix(4)) == ["kozmic", "/kozmic/src", "builder", "b c"])
            #expect(lines.contains { $0.hasPrefix("CapEff:") && $0.hasSuffix("0000000000000000") })
            #expect(lines.contains("NoNewPrivs:\t1"))
            #expect(lines.contains("67108864"))
            #expect(lines.contains("tmpfs"))
            #expect(lines.contains { $0.contains("init") })
            #expect(lines.contains { $0.hasPrefix("10.1.2.3") })
        }
    }

    @Test("a container with a terminal has no frames, which is said")
    func terminal() async throws {
        try await withEngine { fixture in
            var spec = fixture.spec("echo hello from a terminal")
            spec.tty = true
            let id = try await fixture.engine.createContainer(spec)
            let stream = try await fixture.engine.attach(id)
            try await fixture.engine.start(id)
            let error = try await #require(throws: DockerError.self) { _ = try await collect(stream) }
            #expect(error.kind == .stream && error.message.contains("tty"))
            #expect(try await fixture.engine.container(id)?.tty == true)
        }
    }

    @Test("events are seen as they happen")
    func events() async throws {
        try await withEngine { fixture in
            let engine = fixture.engine
            var events = try await engine.events(
                labels: fixture.filter, types: ["container"], actions: ["create", "die"]
            ).makeAsyncIterator()
            let id = try await fixture.run("exit 5")
            let created = try #require(try await events.next())
            #expect(created.action == "create" && created.id == id && created.type == "container")
            let died = try #require(try await events.next())
            #expect(died.action == "die" && died.attributes["exitCode"] == "5")
            // And again from where we were.
            var again = try await engine.events(labels: fixture.filter, since: died.nanoseconds).makeAsyncIterator()
            #expect(try await again.next() == died)
        }
    }

    @Test("volumes and networks are found by label, and may be removed twice")
    func volumesAndNetworks() async throws {
        try await withEngine { fixture in
            let engine = fixture.engine
            let name = "kozmic-test-\(fixture.id)"
            let volume = try await engine.createVolume(name: name, labels: fixture.labels)
            #expect(volume.name == name && volume.labels == fixture.labels && volume.created != nil)
            #expect(try await engine.volumes(labels: fixture.filter).map(\.name) == [name])
            #expect(try await engine.volumes(labels: ["kozmic.test": "other"]).isEmpty)
            var spec = fixture.spec("true")
            spec.mounts = [DockerMount(.volume(name), at: "/v")]
            let container = try await engine.createContainer(spec)
            #expect(try await engine.container(container)?.volumes == ["/v": name])
            let inUse = try await #require(throws: DockerError.self) { try await engine.removeVolume(name) }
            #expect(inUse.kind == .conflict)
            try await engine.remove(container)
            for _ in 0..<2 { try await engine.removeVolume(name) }
            #expect(try await engine.volumes(labels: fixture.filter).isEmpty)

            let id = try await engine.createNetwork(name: name, labels: fixture.labels, isInternal: true)
            #expect(try await engine.networks(labels: ["kozmic.test": nil]).contains { $0.id == id && $0.name == name })
            let taken = try await #require(throws: DockerError.self) { try await engine.createNetwork(name: name) }
            #expect(taken.kind == .conflict)
            for _ in 0..<2 { try await engine.removeNetwork(id) }
            #expect(try await engine.networks(labels: fixture.filter).isEmpty)
        }
    }
}
