import Glibc
import LineForms
import Store

/// Some lines from anywhere in a log.
struct LogWindow: Sendable {
    struct Line: Sendable {
        /// Where it begins in the log.
        var offset: Int64
        /// Its bytes without the line break; of a very long one what fits.
        var bytes: [UInt8] = []
        /// How many bytes of it are not shown.
        var omitted = 0
    }

    /// The number of the first one, from 1.
    var first: Int
    /// The lines; fewer than asked for at the log's end and when they are long.
    var lines: [Line] = []
    /// What the first one begins with.
    var style: TerminalStyle

    /// More of one line than this is not shown: a page must not freeze on a line of 10 MB. Nor does more of it count when
    /// logs are compared.
    static let lineLimit = LineForm.lengthLimit
    /// Lines end a window when they are larger than this together.
    static let sizeLimit = 2 << 20
    static let lineCount = 1...1000
    private static let chunk = 256 << 10

    /// - Parameters:
    ///   - first: from 1.
    ///   - count: at most 1,000.
    init(_ log: LogReader, _ index: LogIndex, first: Int, count: Int) async throws {
        self.first = max(1, first)
        let count = min(max(Self.lineCount.lowerBound, count), Self.lineCount.upperBound)
        let mark = await index.mark(line: self.first - 1)
        var number = mark.lines + 1
        var scanner = StyleScanner(mark.style)
        var position = mark.offset
        var line = Line(offset: position)
        var size = 0
        style = mark.style
        reading: while true {
            let bytes = try await log.read(from: position, count: Self.chunk)
            guard !bytes.isEmpty else { break }
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
                let part = bytes[start..<(end ?? bytes.count)]
                if number < self.first {
                    part.withUnsafeBytes { scanner.feed($0) }
                } else {
                    if lines.isEmpty && line.bytes.isEmpty && line.omitted == 0 { style = scanner.style }
                    line.add(part)
                }
                guard let end else { break }
                if number >= self.first {
                    size += line.bytes.count
                    lines.append(line)
                    if lines.count == count || size > Self.sizeLimit { break reading }
                }
                number += 1
                start = end + 1
                line = Line(offset: position + Int64(start))
            }
            position += Int64(bytes.count)
        }
        if lines.count < count, size <= Self.sizeLimit, !line.bytes.isEmpty { lines.append(line) }
    }

    /// One piece of HTML for each line.
    var html: [String] {
        var terminal = TerminalText(style)
        return lines.map { line in
            let html = terminal.feed(line.bytes + [UInt8(ascii: "\n")]).joined()
            guard line.omitted > 0 else { return html }
            return html + "<i class=\"cut\">" + Count.text(line.omitted, "more byte") + " in the raw log</i>"
        }
    }
}

extension LogWindow.Line {
    fileprivate mutating func add(_ part: ArraySlice<UInt8>) {
        guard bytes.count + part.count > LogWindow.lineLimit else {
            bytes += part
            return
        }
        // A progress bar that writes itself again and again: its last state is what counts.
        if let last = part.lastIndex(of: UInt8(ascii: "\r")), part.endIndex - last < LogWindow.lineLimit,
            last + 1 < part.endIndex
        {
            bytes = Array(part[(last + 1)...])
            omitted = 0
            return
        }
        let room = LogWindow.lineLimit - bytes.count
        bytes += part.prefix(room)
        omitted += part.count - room
    }
}
