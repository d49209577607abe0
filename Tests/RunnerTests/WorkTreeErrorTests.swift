import DockerEngine
import Foundation
import Git
import Glibc
import Model
import Synchronization
import Testing

@testable import Runner

@Suite("A work tree that cannot be written")
struct WorkTreeErrorTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "kozmic-tree-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test("the job ends with the place and the system's words")
    func volume() async throws {
        try await withFolder { folder in
            let workspace = Workspace(root: "\(folder)/work")
            let volume = VolumeFolder(own: "\(folder)/gone")
            let file = VolumeFolder.File(name: "build-script", bytes: [1], mode: 0o755)
            let user = try #require(ContainerUser("root", passwd: Array("root:x:0:0::/:\n".utf8), group: []))
            let thrown = await #expect(throws: WorkTreeError.self) {
                try await workspace.complete(volume, [file], for: user)
            }
            let error = try #require(thrown)
            let outcome = try #require(Ending.outcome(of: error))
            #expect(outcome.state == .error)
            #expect(
                outcome.reason
                    == "the work tree: cannot write \(folder)/gone/build-script: No such file or directory")
        }
    }

    @Test("a disk without room is met when a file is written, or when it is closed", arguments: [1, 100_000])
    func fullDevice(count: Int) async throws {
        try await withFolder { folder in
            // A device on which there is never any room.
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/build-script", withDestinationPath: "/dev/full")
            let bytes = [UInt8](repeating: 1, count: count)
            let file = VolumeFolder.File(name: "build-script", bytes: bytes, mode: 0o755)
            let thrown = #expect(throws: WorkTreeError.self) {
                try VolumeFolder(own: folder).complete([file], uid: getuid(), gid: getgid())
            }
            let error = try #require(thrown)
            #expect(error.isLasting)
            let outcome = try #require(Ending.outcome(of: error))
            let words = "cannot write \(folder)/build-script: No space left on device"
            #expect(outcome.reason == "the work tree: \(words) (\(DiskFull.wayOut))")
        }
    }

    @Test("what Foundation says has the path and the system's words, in a workspace as well")
    func foundation() async throws {
        try await withFolder { folder in
            try Data().write(to: URL(filePath: "\(folder)/file"))
            let workspace = Workspace(root: "\(folder)/file")
            let thrown = await #expect(throws: WorkTreeError.self) {
                try await workspace.blocking {
                    try FileManager.default.createDirectory(
                        atPath: "\(folder)/file/below", withIntermediateDirectories: false)
                }
            }
            let error = try #require(thrown)
            #expect(error.description == "cannot write \(folder)/file/below: Not a directory")
            #expect(error.code == ENOTDIR)
            #expect(Ending.outcome(of: error)?.state == .error)
        }
    }

    @Test("trouble that may be over a little later is no reason to end, a full or a read-only disk is")
    func passing() {
        for code in [EMFILE, EIO, ENOENT] {
            let words = Ending.passingTrouble(WorkTreeError(cannot: "write", "/x", code: code))
            #expect(words == "The work tree: cannot write /x: \(String(cString: strerror(code)))")
        }
        for code in [ENOSPC, EDQUOT, EROFS] {
            #expect(Ending.passingTrouble(WorkTreeError(cannot: "write", "/x", code: code)) == nil)
        }
        #expect(Ending.passingTrouble(DockerError(.notFound, "no such image")) == "The Docker Engine: no such image")
        #expect(Ending.passingTrouble(DockerError(.invalid, "no name")) == nil)
    }

    @Test(
        "a work tree that cannot be written for a moment is put together again",
        .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"), .timeLimit(.minutes(5)))
    func again() async throws {
        try await RunnerFixture.with { fixture in
            let log = MemoryLog()
            let isFirst = Mutex(true)
            let outcome = try await fixture.executor.run(
                fixture.job(build: "cat src/main.py"), mirror: fixture.mirror, log: log, control: JobControl()
            ) { progress in
                let fails = isFirst.withLock { isFirst in
                    defer { if progress == .commit { isFirst = false } }
                    return isFirst && progress == .commit
                }
                if fails { throw WorkTreeError(cannot: "write", "/x", code: EIO) }
            }
            #expect(outcome == .success)
            #expect(await log.text.contains("The work tree: cannot write /x: Input/output error; trying again"))
            #expect(await log.lines(.build) == ["print('hello')"])
            #expect(try await fixture.containers().count == 1)
        }
    }

    @Test("a full disk that git or the engine met says what to do; other trouble does not")
    func others() {
        let git = Ending.outcome(of: GitError(.other, "cannot write x: No space left on device"))
        #expect(git?.reason?.hasSuffix("(\(DiskFull.wayOut))") == true)
        let engine = Ending.outcome(of: DockerError(.http(500), "write /var/x: no space left on device"))
        #expect(engine?.reason?.hasSuffix("(\(DiskFull.wayOut))") == true)
        let other = Ending.outcome(of: DockerError(.http(500), "no such thing"))
        #expect(other?.reason == "the Docker Engine: no such thing")
        // It may be the disk of either machine.
        #expect(DiskFull.wayOut.contains("`df -h`") && DiskFull.wayOut.contains("`docker system df`"))
        // Those of the log and of the store are the caller's to see.
        #expect(Ending.outcome(of: CocoaError(.fileWriteOutOfSpace)) == nil)
    }

    @Test("a script that fails on a full disk says so")
    func script() {
        let failed = JobOutcome(state: .failure, exitCode: 1, reason: "build script failed with exit code 1")
        let outcome = Explain.onFullDisk(failed)
        #expect(outcome.state == .failure && outcome.exitCode == 1)
        #expect(
            outcome.reason == "build script failed with exit code 1; on the Docker Engine's machine \(DiskFull.wayOut)")
        var disk = EngineDisk.Facts(
            blockSize: 4096, blocks: 1000, freeBlocks: 300, availableBlocks: 100, files: 0, availableFiles: 0)
        #expect(disk.use == 0.875 && disk.isFull)
        disk.blockSize = 1 << 20
        #expect(!disk.isFull)
        disk.files = 10
        #expect(disk.isFull)
    }
}
