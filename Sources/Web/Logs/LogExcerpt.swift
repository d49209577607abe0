import Store

/// The end of a log, cut at the beginning of a line, with the number of that line.
struct LogExcerpt: Sendable {
    /// The bytes from the first line shown to the end.
    var bytes: [UInt8]
    /// The number of the first line shown, from 1.
    var firstLine: Int
    /// Where it begins in the log.
    var start: Int64

    /// - Parameters:
    ///   - limit: of bytes.
    ///   - lines: of lines.
    static func end(of log: LogReader, limit: Int, lines: Int) async throws -> LogExcerpt {
        let size = try await log.size()
        var start = max(0, size - Int64(limit))
        var bytes = try await log.read(from: start, count: limit)
        if start > 0 {
            // Up to the first line break, unless the whole of it is one line.
            let cut = bytes.firstIndex(of: newline).map { $0 + 1 } ?? 0
            bytes.removeFirst(cut)
            start += Int64(cut)
        }
        let breaks = bytes.indices.filter { bytes[$0] == newline }
        let isOpen = bytes.last.map { $0 != newline } ?? false
        let surplus = breaks.count + (isOpen ? 1 : 0) - lines
        if surplus > 0 {
            let cut = breaks[surplus - 1] + 1
            bytes.removeFirst(cut)
            start += Int64(cut)
        }
        return LogExcerpt(bytes: bytes, firstLine: try await lineBreaks(in: log, before: start) + 1, start: start)
    }

    private static let newline = UInt8(ascii: "\n")

    private static func lineBreaks(in log: LogReader, before end: Int64) async throws -> Int {
        var count = 0
        var position: Int64 = 0
        while position < end {
            let bytes = try await log.read(from: position, count: min(1 << 20, Int(end - position)))
            guard !bytes.isEmpty else { break }
            count += bytes.withUnsafeBufferPointer { buffer in
                buffer.reduce(into: 0) { count, byte in if byte == newline { count += 1 } }
            }
            position += Int64(bytes.count)
        }
        return count
    }
}
