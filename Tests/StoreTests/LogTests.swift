import Foundation
import Testing

@testable import Store

@Suite("Logs")
struct LogTests {
    /// The appends of a small log: section, source, bytes.
    private static let appends: [(UInt8, UInt8, String)] = [
        (0, 0, "prepared\n"), (1, 1, "installing"), (1, 2, "oh"), (1, 1, "\n"), (2, 1, "building\n"), (2, 2, "x"),
    ]

    private func write(_ logs: LogFiles, _ job: Int64) async throws {
        let writer = try await logs.writer(job)
        for (section, source, text) in Self.appends {
            try await writer.append(section: section, source: source, Array(text.utf8))
            // One write each, so that every record stands before its bytes in time too.
            try await writer.flush()
        }
        try await writer.close()
    }

    @Test("cut off at any byte, as by a kill, the counts of each stream are exact and writing goes on")
    func kill() async throws {
        try await Fixture.with { fixture in
            let logs = fixture.store.logs
            try await write(logs, 1_001)
            let paths = LogPaths(logs.folder, 1_001)
            let whole = try Data(contentsOf: URL(filePath: paths.log))
            let records = try Data(contentsOf: URL(filePath: paths.chunks))
            #expect(whole == Data(Self.appends.map(\.2).joined().utf8))
            #expect(records.count == 24 * Self.appends.count)

            for size in 0...whole.count {
                // Records come before their bytes: there are enough of them, perhaps the beginning of another, or all.
                let enough = 24 * recordCount(covering: size)
                for recordsSize in [enough, min(enough + 11, records.count), records.count] {
                    try whole.prefix(size).write(to: URL(filePath: paths.log))
                    try records.prefix(recordsSize).write(to: URL(filePath: paths.chunks))
                    try await expectExact(logs, Array(whole.prefix(size)))
                }
            }
            // After a power failure, records may be missing: bytes that nobody can count are asked for again.
            for recordsSize in 0..<records.count {
                try whole.write(to: URL(filePath: paths.log))
                try records.prefix(recordsSize).write(to: URL(filePath: paths.chunks))
                let covered = Self.appends.prefix(recordsSize / 24).map(\.2.utf8.count).reduce(0, +)
                try await expectExact(logs, Array(whole.prefix(covered)))
            }
        }
    }

    private func recordCount(covering size: Int) -> Int {
        var position = 0
        return Self.appends.count { append in
            defer { position += append.2.utf8.count }
            return position < size
        }
    }

    /// Opens the damaged log and expects that many bytes, each counted for its stream, and that writing goes on.
    private func expectExact(_ logs: LogFiles, _ kept: [UInt8]) async throws {
        var expected: [String: Int64] = [:]
        var position = 0
        for (section, source, text) in Self.appends {
            let end = min(position + text.utf8.count, kept.count)
            expected["\(section) \(source)", default: 0] += Int64(max(0, end - position))
            position += text.utf8.count
        }
        let writer = try await logs.writer(1_001)
        for (section, source, _) in Self.appends {
            #expect(
                writer.stored(section: section, source: source) == expected["\(section) \(source)"],
                "\(kept.count) bytes kept")
        }
        try await writer.append(section: 2, source: 1, [0x21])
        try await writer.flush()
        let reader = logs.reader(1_001)
        #expect(try await reader.read(from: 0, count: 1_000) == kept + [0x21])
        let chunks = try await reader.chunks()
        #expect(chunks.first?.start == 0)
        #expect(chunks.last?.end == Int64(kept.count + 1))
        #expect(zip(chunks, chunks.dropFirst()).allSatisfy { $0.end == $1.start })
        try await writer.close()
    }

    @Test("a log that is opened again knows the last bytes of each stream")
    func storedEnds() async throws {
        try await Fixture.with { fixture in
            let logs = fixture.store.logs
            var output: [UInt8] = []
            var writer = try await logs.writer(1)
            for number in 0..<300 {
                let line = Array("line \(number)\n".utf8)
                output += line
                try await writer.append(section: 2, source: 1, line)
                try await writer.append(section: 0, source: 0, Array("between\n".utf8))
                if number == 7 { try await writer.append(section: 2, source: 2, Array("once".utf8)) }
            }
            #expect(writer.storedEnd(section: 2, source: 1) == [])
            try await writer.close()
            writer = try await logs.writer(1)
            #expect(writer.isAtLineStart)
            #expect(writer.storedEnd(section: 2, source: 1) == Array(output.suffix(1000)))
            #expect(writer.storedEnd(section: 2, source: 2) == Array("once".utf8))
            #expect(writer.storedEnd(section: 1, source: 1) == [])
            try await writer.close()
        }
    }

    @Test("a log knows whether its last line is complete, before and after it is opened again")
    func lineStart() async throws {
        try await Fixture.with { fixture in
            let logs = fixture.store.logs
            var writer = try await logs.writer(1)
            #expect(writer.isAtLineStart)
            for (text, isComplete) in [("one\n", true), ("two", false), ("\n", true), ("three\r", false)] {
                try await writer.append(section: 2, source: 1, Array(text.utf8))
                #expect(writer.isAtLineStart == isComplete)
                try await writer.close()
                writer = try await logs.writer(1)
                #expect(writer.isAtLineStart == isComplete, "opened again after \(text.debugDescription)")
            }
            try await writer.close()
        }
    }

    @Test("readers see what is written while it is written, in ranges")
    func readers() async throws {
        try await Fixture.with { fixture in
            let logs = fixture.store.logs
            let reader = logs.reader(7)
            #expect(try await reader.size() == 0)
            #expect(try await reader.read(from: 0, count: 10).isEmpty)
            #expect(try await reader.chunks().isEmpty)
            var signal = fixture.store.changes.subscribe([.log(7)]).makeAsyncIterator()
            let writer = try await logs.writer(7)
            await #expect(throws: StoreError.conflict("the log of job 7 is being written already")) {
                _ = try await logs.writer(7)
            }
            try await writer.append(section: 2, source: 1, Array("0123456789".utf8))
            await signal.next()
            #expect(try await reader.read(from: 3, count: 4) == Array("3456".utf8))
            #expect(try await reader.read(from: 8, count: 100) == Array("89".utf8))
            #expect(try await reader.read(from: 10, count: 5).isEmpty)
            #expect(try await reader.read(from: .max, count: .max).isEmpty)
            #expect(try await reader.read(from: -1, count: 5).isEmpty)
            try await writer.close()
            try await writer.close()
            await #expect(throws: StoreError.closed) {
                try await writer.append(section: 2, source: 1, [1])
            }
            #expect(try await logs.reader(7).size() == 10)
            let chunk = try #require(try await reader.chunks().first)
            #expect(chunk.section == 2 && chunk.source == 1)
            #expect(abs(chunk.time.timeIntervalSinceNow) < 60)
            try await logs.remove(7)
            try await logs.remove(7)
            #expect(try await logs.reader(7).size() == 0)
            #expect(try logs.freeBytes() > 0)
        }
    }

    @Test("the times of any range of bytes are those of the whole log")
    func ranges() async throws {
        try await Fixture.with { fixture in
            let writer = try await fixture.store.logs.writer(7)
            for number in 0..<40 {
                try await writer.append(section: 2, source: 1, [UInt8](repeating: 0x78, count: 1 + number % 5))
            }
            try await writer.flush()
            let reader = fixture.store.logs.reader(7)
            let all = try await reader.chunks()
            let size = try await reader.size()
            for start in 0..<size {
                for end in [start, start + 1, start + 7, size] {
                    let expected = all.filter { $0.end > start && $0.start < end }
                    let found = try await reader.chunks(in: start..<end)
                    guard start < end else {
                        #expect(found == [])
                        continue
                    }
                    #expect(found.map(\.time) == expected.map(\.time))
                    #expect(found.first?.start == start && found.last?.end == min(end, size))
                }
            }
            #expect(try await reader.chunks(in: size..<size + 5) == [])
            try await writer.close()
        }
    }

    @Test("who follows a log is given what is appended, when it is in the file, and no more after the end")
    func tails() async throws {
        try await Fixture.with { fixture in
            let logs = fixture.store.logs
            let (told, teller) = AsyncStream.makeStream(of: LogTails.Appended.self)
            let following = logs.tails.follow(7) { teller.yield($0) }
            var appended = told.makeAsyncIterator()
            let writer = try await logs.writer(7)
            let reader = logs.reader(7)
            var position: Int64 = 0
            for text in ["one\n", "two\n"] {
                try await writer.append(section: 2, source: 1, Array(text.utf8))
                guard case .bytes(let bytes, let start, let chunks) = await appended.next() else {
                    Issue.record("these were few bytes")
                    return
                }
                #expect(bytes == Array(text.utf8) && start == position)
                #expect(try await chunks == reader.chunks(in: start..<start + Int64(bytes.count)))
                position += Int64(bytes.count)
                #expect(try await reader.size() == position)
            }
            try await writer.append(section: 2, source: 1, [UInt8](repeating: 0x78, count: LogTails.limit + 1))
            guard case .much = await appended.next() else {
                Issue.record("these were many bytes")
                return
            }
            let other = try await logs.writer(8)
            try await other.append(section: 2, source: 1, [0x21])
            try await other.close()
            following.cancel()
            try await writer.append(section: 2, source: 1, [0x21])
            try await writer.close()
            teller.finish()
            #expect(await appended.next() == nil)
        }
    }

    @Test("a full disk is said with the path, and what was written stays readable")
    func diskFull() async throws {
        try await Fixture.withFolder { folder in
            // Every write to this device fails with ENOSPC.
            try FileManager.default.createDirectory(atPath: "\(folder)/0", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/0/5.chunks", withDestinationPath: "/dev/full")
            let logs = LogFiles(folder: folder, changes: ChangeSignal())
            let error = try await #require(throws: StoreError.self) {
                let writer = try await logs.writer(5)
                try await writer.append(section: 0, source: 0, [1])
                try await writer.close()
            }
            #expect(error == .diskFull(path: "\(folder)/0/5.chunks"))
        }
    }

    @Test("a log leaves the database its part of the disk")
    func reserve() async throws {
        try await Fixture.withFolder { folder in
            let logs = LogFiles(folder: folder, changes: ChangeSignal())
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let paths = LogPaths(folder, 5)
            let free = try logs.freeBytes()
            // Half of what is free now stays free; the other half would take a while to fill.
            let writer = try LogWriter(
                5, paths, changes: ChangeSignal(), reserve: free / 2)
            try await writer.append(section: 0, source: 0, [1])
            try await writer.flush()
            try await writer.close()
            let full = try LogWriter(
                5, paths, changes: ChangeSignal(), reserve: free * 2)
            // The queue may be quicker than the caller: then the call itself says it.
            await #expect(throws: StoreError.diskFull(path: paths.log)) {
                try await full.append(section: 0, source: 0, [2])
                try await full.flush()
            }
            await #expect(throws: StoreError.diskFull(path: paths.log)) { try await full.close() }
            #expect(try await logs.reader(5).size() == 1)
        }
    }

    @Test("appends of 4 KB to 1 MB arrive as they were", .timeLimit(.minutes(5)))
    func sizes() async throws {
        try await Fixture.with { fixture in
            for (job, size) in [(1, 4 << 10), (2, 64 << 10), (3, 1 << 20)] as [(Int64, Int)] {
                let piece = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
                let total = 32 << 20
                let writer = try await fixture.store.logs.writer(job)
                for _ in 0..<total / size { try await writer.append(section: 2, source: 1, piece) }
                try await writer.flush()
                #expect(writer.stored(section: 2, source: 1) == Int64(total))
                try await writer.close()
                let reader = fixture.store.logs.reader(job)
                #expect(try await reader.size() == Int64(total))
                #expect(try await reader.read(from: Int64(total - size), count: size) == piece)
                try await fixture.store.logs.remove(job)
            }
        }
    }
}
