import Glibc
import Store

/// Where the lines of one log are.
///
/// The number of a line far down a long log takes reading all that is before it, so the place of every so many lines is
/// kept, with the style that the line begins with. A log that grew costs only what is new, and an index of any log has at
/// most 65,536 places.
actor LogIndex {
    /// The beginning of a line.
    struct Mark: Sendable {
        /// How many lines are before it.
        var lines: Int
        /// Its place in the log.
        var offset: Int64
        /// How its text looks until it says otherwise.
        var style: TerminalStyle
    }

    /// What is known of the whole log.
    struct Extent: Sendable {
        /// Lines, with the last one if it has no line break yet.
        var lines: Int
        /// Bytes.
        var size: Int64
    }

    private static let chunk = 4 << 20
    private static let markLimit = 65_536

    private let logs: LogFiles
    private let jobID: Int64
    private var marks = [Mark(lines: 0, offset: 0, style: TerminalStyle())]
    private var lineInterval = 256
    /// A few very long lines must not make a place expensive to reach.
    private var byteInterval: Int64 = 1 << 20
    private var scanner = StyleScanner()
    private var scanned: Int64 = 0
    private var breaks = 0
    private var lastBreak: Int64 = 0

    init(_ logs: LogFiles, _ jobID: Int64) {
        self.logs = logs
        self.jobID = jobID
    }

    /// Opened for each use: a log that was removed must not stay on the disk because it was looked at once.
    private var log: LogReader { logs.reader(jobID) }

    /// Reads what is new. Answers how large the log is now.
    @discardableResult
    func update() async throws -> Extent {
        let log = log
        // A log that is shorter than it was is another one: a crash may have cut its end off.
        if try await log.size() < scanned { forget() }
        while true {
            let position = scanned
            let bytes = try await log.read(from: position, count: Self.chunk)
            // Somebody else may have read on meanwhile.
            guard position == scanned else { continue }
            guard !bytes.isEmpty else { break }
            bytes.withUnsafeBytes { scan($0) }
        }
        return Extent(lines: breaks + (scanned > lastBreak ? 1 : 0), size: scanned)
    }

    /// The last known beginning of a line at or before that line, which is counted from 0.
    func mark(line: Int) -> Mark { marks[Self.last(marks) { $0.lines <= line }] }

    /// How many line breaks are before a place.
    func lineBreaks(before offset: Int64) async throws -> Int {
        if offset > scanned { try await update() }
        let log = log
        let mark = marks[Self.last(marks) { $0.offset <= offset }]
        var position = mark.offset
        var count = mark.lines
        while position < offset {
            let bytes = try await log.read(from: position, count: min(Self.chunk, Int(offset - position)))
            guard !bytes.isEmpty else { break }
            bytes.withUnsafeBytes { buffer in LineBreaks.forEach(buffer) { _ in count += 1 } }
            position += Int64(bytes.count)
        }
        return count
    }

    private func forget() {
        marks.removeSubrange(1...)
        scanner = StyleScanner()
        scanned = 0
        breaks = 0
        lastBreak = 0
    }

    private func scan(_ buffer: UnsafeRawBufferPointer) {
        var styled = 0
        var next = marks[marks.count - 1]
        LineBreaks.forEach(buffer) { place in
            breaks += 1
            lastBreak = scanned + Int64(place) + 1
            guard breaks - next.lines >= lineInterval || lastBreak - next.offset >= byteInterval else { return }
            scanner.feed(UnsafeRawBufferPointer(rebasing: buffer[styled...place]))
            styled = place + 1
            next = Mark(lines: breaks, offset: lastBreak, style: scanner.style)
            marks.append(next)
        }
        scanner.feed(UnsafeRawBufferPointer(rebasing: buffer[styled...]))
        scanned += Int64(buffer.count)
        while marks.count > Self.markLimit {
            lineInterval *= 2
            byteInterval *= 2
            marks = marks.enumerated().compactMap { $0.offset.isMultiple(of: 2) ? $0.element : nil }
        }
    }

    /// The last place for which a condition holds that holds for the first ones.
    private static func last(_ marks: [Mark], _ holds: (Mark) -> Bool) -> Int {
        var low = 0
        var high = marks.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if holds(marks[middle]) { low = middle } else { high = middle }
        }
        return low
    }
}

/// The line breaks of bytes.
enum LineBreaks {
    /// Calls with the place of each, in order.
    static func forEach(_ bytes: UnsafeRawBufferPointer, _ body: (Int) -> Void) {
        guard let base = bytes.baseAddress else { return }
        var place = base
        let end = base + bytes.count
        while let found = memchr(place, Int32(UInt8(ascii: "\n")), place.distance(to: end)) {
            body(base.distance(to: UnsafeRawPointer(found)))
            place = UnsafeRawPointer(found) + 1
        }
    }
}
