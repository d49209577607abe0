import DockerEngine
import Foundation
import Logging
import Model
import Synchronization
import Testing

@testable import Runner

@Suite("Jobs that take the disk", .timeLimit(.minutes(5)))
struct DiskWatchTests {
    @Test("the size of a folder is that of its files: links are not followed, and there is an end")
    func folder() throws {
        let root = NSTemporaryDirectory() + "kozmic-size-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let files = FileManager.default
        try files.createDirectory(atPath: "\(root)/a/b/c", withIntermediateDirectories: true)
        try files.createDirectory(atPath: "\(root)/elsewhere", withIntermediateDirectories: true)
        for path in ["a/b/c/file", "elsewhere/file"] {
            try Data((0..<1 << 20).map { UInt8(truncatingIfNeeded: $0) }).write(to: URL(filePath: "\(root)/\(path)"))
        }
        try files.createSymbolicLink(atPath: "\(root)/a/link", withDestinationPath: "\(root)/elsewhere")
        try files.createSymbolicLink(atPath: "\(root)/a/b/loop", withDestinationPath: "..")
        let size = FolderSize(of: "\(root)/a")
        #expect(size.isWhole && (1 << 20..<2 << 20).contains(size.bytes), "\(size)")
        #expect(FolderSize(of: "\(root)/a/link") == FolderSize(of: "\(root)/nothing"))
        let deep = String(repeating: "/d", count: FolderSize.deepest + 2)
        try files.createDirectory(atPath: "\(root)/a\(deep)", withIntermediateDirectories: true)
        #expect(!FolderSize(of: "\(root)/a").isWhole)
    }

    @Test("a file with several names counts once, and a folder that cannot be opened is not empty")
    func names() throws {
        let root = NSTemporaryDirectory() + "kozmic-size-\(UUID().uuidString)"
        let files = FileManager.default
        defer { try? files.removeItem(atPath: root) }
        try files.createDirectory(atPath: "\(root)/a/b", withIntermediateDirectories: true)
        try Data((0..<1 << 20).map { UInt8(truncatingIfNeeded: $0) }).write(to: URL(filePath: "\(root)/a/file"))
        for name in ["a/1", "a/2", "a/b/3"] {
            try files.linkItem(atPath: "\(root)/a/file", toPath: "\(root)/\(name)")
        }
        let size = FolderSize(of: "\(root)/a")
        #expect(size.isWhole && size.isKnown && (1 << 20..<2 << 20).contains(size.bytes), "\(size)")
        #expect(FolderSize(of: "\(root)/nothing").isKnown)
        // Root may open everything, but nobody a name as long as that.
        #expect(!FolderSize(of: "\(root)/" + String(repeating: "a", count: 300)).isKnown)
    }

    @Test("the one that wrote most is ended, or else one that hides what it wrote; never one that wrote little")
    func worst() {
        let limits = DiskWatch.Limits(reserve: 100, least: 10)
        func worst(_ all: [(Int64, Bool)], lost: Int64 = 0) -> Int64? {
            let taken = all.map { DiskWatch.Taken(container: "c\($0.0)", bytes: $0.0, isWhole: $0.1) }
            return DiskWatch.worst(taken, lost: lost, limits)?.bytes
        }
        #expect(worst([]) == nil && worst([(9, true)]) == nil)
        #expect(worst([(10, true), (30, true), (20, true)]) == 30)
        #expect(worst([(10, true), (30, true), (5, false), (6, false)]) == 30)
        #expect(worst([(9, true), (5, false), (6, false)], lost: 24) == 6)
        #expect(worst([(9, true), (5, false), (6, false)], lost: 23) == nil)
        // What is in no folder may be of any of them: three that fill a disk together are no such case.
        #expect(worst([(330, true), (320, true), (310, true)], lost: 1000) == 330)
        #expect(worst([(300, true), (5, true)], lost: 705) == 300)
        #expect(worst([(300, true), (5, true)], lost: 706) == nil)
        #expect(worst([(300, true), (5, false)], lost: 706) == 5)
    }

    @Test("that nobody is to blame is told once, and again when there was room meanwhile or after an hour")
    func alarm() {
        var alarm = DiskAlarm(reserve: 256 << 20)
        let start = ContinuousClock.now
        let taken = [3, 4].map { DiskWatch.Taken(container: "c\($0)", bytes: $0 << 20, isWhole: true) }
        func warning(after seconds: Int, _ taken: [DiskWatch.Taken]?) -> String? {
            alarm.warning(free: 12 << 20, folder: "/var/lib/docker", taken: taken, at: start + .seconds(seconds))
        }
        let begin =
            "the engine's disk is nearly full: 12 MiB are left in /var/lib/docker, less than the 256 MiB that are kept "
            + "free, and no job could be blamed for it: "
        #expect(
            warning(after: 0, taken)
                == begin
                + "they take 7 MiB that can be seen; the rest is of others, or of deleted files that are still open")
        for second in [1, 2, 3599] { #expect(warning(after: second, taken) == nil) }
        #expect(warning(after: 3600, nil) == begin + "what the jobs take could not be looked at")
        for free in [0, 255, 256, 511] as [Int64] {
            alarm.note(free: free << 20)
            #expect(warning(after: 3602, taken) == nil, "\(free)")
        }
        alarm.note(free: 512 << 20)
        #expect(warning(after: 3603, taken) != nil)
        #expect(warning(after: 3604, taken) == nil)
    }

    @Test(
        "a disk without room that nobody fills is told of in the log, once, and the job goes on",
        .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"))
    func nobody() async throws {
        var preparation = Preparation()
        preparation.disk = DiskWatch.Limits(reserve: 1 << 50, least: 1 << 50)
        try await RunnerFixture.with { fixture in
            guard try await fixture.executor.diskUse() != nil else { return }
            let lines = Lines()
            let executor = DockerExecutor(
                engine: fixture.engine, workDirectory: fixture.workDirectory, preparation: preparation,
                logger: Logger(label: "test") { _ in lines })
            // Long enough for several looks.
            let outcome = try await fixture.run(try fixture.job(build: "sleep 4"), executor: executor).outcome
            #expect(outcome == .success)
            let told = lines.all.filter { $0.contains("no job could be blamed") }
            let folder = try await fixture.engine.info().rootDirectory
            #expect(told.count == 1 && told.first?.contains(" are left in \(folder), less than ") == true, "\(told)")
        }
    }

    /// Keeps what is logged.
    private final class Lines: LogHandler {
        private let lines = Mutex<[String]>([])
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .trace }
            set {}
        }
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }

        var all: [String] { lines.withLock { $0 } }

        func log(event: LogEvent) { lines.withLock { $0.append("\(event.message)") } }
    }

    @Test(
        "of two jobs on a disk without room the one that fills it is ended, and the log says why",
        .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"),
        arguments: ["/kozmic/src/large", "/tmp/large"])
    func ended(_ place: String) async throws {
        var preparation = Preparation()
        // As good as a disk that is full.
        preparation.disk = DiskWatch.Limits(reserve: 1 << 50, least: 30 << 20)
        try await RunnerFixture.with(preparation: preparation) { fixture in
            // Of another machine's disk nothing is known.
            guard try await fixture.executor.diskUse() != nil else { return }
            let beside = MemoryLog()
            let quiet = try fixture.job(2, build: "echo begin; until [ -e /kozmic/more ]; do sleep 0.1; done; echo end")
            async let other = fixture.run(quiet, log: beside)
            await beside.wait(for: "begin")
            let script = "trap '' TERM; head -c 60000000 /dev/zero >\(place); while :; do sleep 1; done"
            let (outcome, log) = try await fixture.run(try fixture.job(1, build: script))
            #expect(outcome.state == .error)
            #expect(
                outcome.reason?.hasPrefix("stopped: less than 1048576 GiB were left on the Docker Engine's disk")
                    == true,
                "\(outcome)")
            #expect(await log.text.contains("in /kozmic and in its container; sent SIGKILL\n"))
            await fixture.executor.cleanUp(1, attempt: 1, instance: fixture.instance)
            let container = try #require(try await fixture.containers().first).id
            let mark = TarStream([TarEntry("more", .bytes([]), mode: 0o644, uid: 0, gid: 0)])
            try await fixture.engine.putArchive(container, path: "/kozmic", tar: mark)
            #expect(try await other.outcome == .success)
            #expect(await beside.lines(.build) == ["begin", "end"])
        }
    }
}
