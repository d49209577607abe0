import Foundation
import Glibc
import Model
import Store
import Synchronization

/// Finds pieces of logs, and the numbers of their lines.
///
/// The number of a line far down a long log takes reading all that is before it, so how far one has counted is kept: a
/// page that is looked at again, or a log that grew, costs only what is new.
final class LogExcerpts: Sendable {
    private struct Mark {
        var offset: Int64 = 0
        var lines = 0
    }

    private let logs: LogFiles
    private let marks = Mutex<[Int64: Mark]>([:])

    private static let markLimit = 1000
    private static let countChunk = 4 << 20
    /// The records of a log that was written byte by byte are 24 times as large as the log.
    private static let sectionLimit: Int64 = 1 << 20

    init(_ logs: LogFiles) { self.logs = logs }

    /// The end of a job's log.
    ///
    /// - Parameters:
    ///   - limit: of bytes.
    ///   - lines: of lines.
    func end(of job: JobRecord, limit: Int, lines: Int) async throws -> LogExcerpt {
        let log = logs.reader(job.id)
        let size = try await log.size()
        var start = max(0, size - Int64(limit))
        var bytes = try await log.read(from: start, count: limit)
        if start > 0 {
            // From the first line that begins here, unless the whole of it is one line.
            let cut = bytes.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            if cut < bytes.count {
                bytes.removeFirst(cut)
                start += Int64(cut)
            }
        }
        let surplus = Self.start(ofLast: lines, bytes)
        bytes.removeFirst(surplus)
        start += Int64(surplus)
        return LogExcerpt(bytes: bytes, firstLine: try await lineBreaks(job, log, before: start) + 1, start: start)
    }

    /// When the install script and the build script began, as far as they wrote something.
    func sectionBegins(_ job: JobRecord) async throws -> (install: Date?, build: Date?) {
        let log = logs.reader(job.id)
        guard try await log.size() <= Self.sectionLimit else { return (nil, nil) }
        var announced: Date?
        var begins: [UInt8: Date] = [:]
        for chunk in try await log.chunks() {
            // The runner says what it is about to do, so its last word is nearer to the beginning than the script's
            // first one.
            if chunk.section == 0 {
                announced = chunk.time
            } else if begins[chunk.section] == nil {
                begins[chunk.section] = announced ?? chunk.time
            }
        }
        return (begins[1], begins[2])
    }

    /// Where the last lines begin.
    private static func start(ofLast lines: Int, _ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBufferPointer { buffer in
            var left = lines
            // A line break at the very end ends a line and begins none.
            var index = buffer.count - 2
            while index >= 0 {
                if buffer[index] == UInt8(ascii: "\n") {
                    left -= 1
                    if left == 0 { return index + 1 }
                }
                index -= 1
            }
            return 0
        }
    }

    private func lineBreaks(_ job: JobRecord, _ log: LogReader, before end: Int64) async throws -> Int {
        var mark = marks.withLock { $0[job.id] } ?? Mark()
        if mark.offset > end { mark = Mark() }
        while mark.offset < end {
            let bytes = try await log.read(from: mark.offset, count: min(Self.countChunk, Int(end - mark.offset)))
            guard !bytes.isEmpty else { break }
            mark.lines += Self.lineBreaks(bytes)
            mark.offset += Int64(bytes.count)
        }
        let reached = mark
        marks.withLock { marks in
            if marks.count >= Self.markLimit { marks.removeAll() }
            marks[job.id] = reached
        }
        return reached.lines
    }

    private static func lineBreaks(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { buffer in
            guard var place = buffer.baseAddress else { return 0 }
            let end = place + buffer.count
            var count = 0
            while let found = memchr(place, Int32(UInt8(ascii: "\n")), place.distance(to: end)) {
                count += 1
                place = UnsafeRawPointer(found) + 1
            }
            return count
        }
    }
}
