import Store

/// The end of a job's log, as a mail shows it. Secrets are masked in the log already.
struct LogTail: Sendable {
    var mostLines = 25
    var mostLetters = 200
    /// So much of the log is looked at.
    var mostBytes = 32 << 10

    /// The last lines; empty when there is no log.
    func lines(_ reader: LogReader) async throws -> [String] {
        let size = try await reader.size()
        let start = max(0, size - Int64(mostBytes))
        let bytes = try await reader.read(from: start, count: mostBytes)
        var lines = String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" })
        // The first one began before what was read.
        if start > 0, lines.count > 1 { lines.removeFirst() }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.suffix(mostLines).map { line in
            // What a progress line was overwritten with last is what a person would see.
            let seen = line.split(separator: "\r").last ?? ""
            return PlainLine(String(seen), limit: mostLetters).description
        }
    }
}
