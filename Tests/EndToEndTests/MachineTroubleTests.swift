import Foundation
import Testing

@testable import kozmic

/// The engine goes away in the middle of a job, and the disk fills.
@Suite("Trouble with the machine", .enabled(if: geteuid() == 0 && World.engine != nil, "needs root and Docker"))
struct MachineTroubleTests {
    static let script = """
        #!/bin/sh
        trap 'exit 143' TERM
        for n in $(seq 60); do echo "line $n"; sleep 0.1; done
        """

    @Test("An engine that is replaced while a job runs costs nothing; one that takes the job along is named")
    func engine() async throws {
        try await Scratch.with { folder in
            try await PrivateEngine.with("\(folder)/engine") { engine in
                var setup = World.Setup()
                setup.engine = engine.host
                setup.image = "kozmic/tiny:1"
                try await TinyImage.make(setup.image, engine: engine.host, folder: folder)
                try await World.with(Project.file(Self.script), setup) { world in
                    let first = try await world.push(["a": "1"])
                    try await world.logShows("line 5\n")
                    await engine.stop(SIGTERM)
                    try await world.logShows("The Docker Engine does not answer")
                    try await engine.start()
                    try await world.expect(first, "success")
                    try await expectCompleteLog(world)
                    await engine.stop(SIGTERM)
                    try await engine.start(liveRestore: false)
                    let second = try await world.push(["a": "2"])
                    try await world.logShows("line 5\n", build: 2)
                    await engine.stop(SIGTERM)
                    try await engine.start(liveRestore: false)
                    try await world.expect(second, "error")
                    let log = try await world.log(build: 2)
                    #expect(
                        log.contains("stopped from outside") || log.contains("Docker Engine stopped while"), "\(log)")
                    try await world.expectNoLeftovers()
                }
            }
        }
    }

    @Test("A script that ends while its engine is dead has the exit code and the output that it had")
    func deadEngine() async throws {
        try await Scratch.with { folder in
            try await PrivateEngine.with("\(folder)/engine") { engine in
                var setup = World.Setup()
                setup.engine = engine.host
                setup.image = "kozmic/tiny:1"
                try await TinyImage.make(setup.image, engine: engine.host, folder: folder)
                let project = Project.file(Self.script + "\nexit 3\n")
                try await World.with(project, setup) { world in
                    let commit = try await world.push(["a": "1"])
                    try await world.logShows("line 5\n")
                    await engine.stop(SIGKILL)
                    let volumes = "\(folder)/engine/data/volumes"
                    try await world.client.eventually("the script's end", within: .seconds(120)) {
                        try FileManager.default.contentsOfDirectory(atPath: volumes).contains {
                            FileManager.default.fileExists(atPath: "\(volumes)/\($0)/_data/exit-code")
                        }
                    }
                    try await engine.start()
                    try await world.expect(commit, "failure")
                    #expect(try await world.log(build: 1).contains("Build script failed with exit code 3"))
                    try await expectCompleteLog(world)
                    try await world.expectNoLeftovers()
                }
            }
        }
    }

    private func expectCompleteLog(_ world: World) async throws {
        let lines = try await world.log(build: 1).split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("line") } == (1...60).map { "line \($0)" })
    }

    @Test("A disk that is full ends the job with a clear word; the next one runs when there is room again")
    func fullDisk() async throws {
        try await Scratch.with { folder in
            let disk = "\(folder)/disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            try await Shell.run("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", disk])
            var setup = World.Setup()
            setup.dataDirectory = "\(disk)/data"
            let script = "#!/bin/bash\ncat size; head --bytes $(cat size) /dev/zero | tr '\\0' x\necho end"
            try await World.with(Project.file(script), setup) { world in
                let large = try await world.push(["size": "\(100 << 20)"])
                try await world.expect(large, "error")
                let log = "\(world.dataDirectory)/logs/0/1.log"
                let size = try #require(try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int)
                #expect(size > 1 << 20)
                try await world.pageShows("\(world.repository)/builds/1", "disk is full")
                try await world.expectNoLeftovers()
                try FileManager.default.removeItem(atPath: log)
                try await world.expect(try await world.push(["size": "10"]), "success")
                #expect(try await world.log(build: 2).contains("end\n"))
            }
            try await Shell.run("umount", ["--lazy", disk])
        }
    }
}
