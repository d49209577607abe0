import Foundation
import Model
import Store

/// Finds pieces of logs, and the numbers of their lines.
struct LogExcerpts: Sendable {
    private let logs: LogFiles
    private let indexes: LogIndexes

    init(_ logs: LogFiles, _ indexes: LogIndexes) {
        self.logs = logs
        self.indexes = indexes
    }

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
        let breaks = start == 0 ? 0 : try await indexes.index(of: job.id).lineBreaks(before: start)
        return LogExcerpt(bytes: bytes, firstLine: breaks + 1, start: start)
    }

    /// When the install script and the build script began, as far as they wrote something.
    func sectionBegins(_ job: JobRecord) async throws -> (install: Date?, build: Date?) {
        var announced: Date?
        var begins: [UInt8: Date] = [:]
        for part in try await logs.reader(job.id).parts() {
            // The runner says what it is about to do, so its last word is nearer to the beginning than the script's
            // first one.
            if part.section == 0 {
                announced = part.lastTime
            } else if begins[part.section] == nil {
                begins[part.section] = announced ?? part.firstTime
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
}
