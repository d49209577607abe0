/// A piece of a log that begins at the beginning of a line.
struct LogExcerpt: Sendable {
    /// The bytes.
    var bytes: [UInt8]
    /// The number of the first line, from 1.
    var firstLine: Int
    /// Where it begins in the log.
    var start: Int64
    /// Where it ends.
    var end: Int64 { start + Int64(bytes.count) }

    /// Without the last line if that is not finished.
    var wholeLines: LogExcerpt {
        var excerpt = self
        excerpt.bytes.removeLast(bytes.count - (bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0))
        return excerpt
    }
}
