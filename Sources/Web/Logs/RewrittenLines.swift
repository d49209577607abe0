import Glibc

/// The lines of a log that a terminal would have written over: a program that shows its progress in several lines goes up to
/// the first of them (`CSI n A`) and writes all of them anew. Here the new ones are further lines, and the old ones fold.
struct RewrittenLines {
    /// Numbers of lines, from 1; in order, and none touches another.
    private(set) var ranges: [ClosedRange<Int>] = []

    /// More are not looked for.
    static let limit = 1_000
    /// A terminal is not higher.
    private static let highest = 200
    /// A longer line shows no progress.
    private static let lineLimit = 4_096
    private static let sequence: [UInt8] = [0x1B, UInt8(ascii: "[")]

    /// The line that is not finished, as far as it is looked at.
    private var rest: [UInt8] = []
    /// Lines that are finished.
    private var count = 0

    /// Goes on over these bytes, which may be cut anywhere.
    mutating func feed(_ bytes: [UInt8]) {
        var piece = rest
        piece += bytes
        rest = piece.withUnsafeBytes { buffer -> [UInt8] in
            guard let base = buffer.baseAddress else { return [] }
            var start = 0
            while let found = memchr(base + start, Int32(UInt8(ascii: "\n")), buffer.count - start) {
                let end = base.distance(to: UnsafeRawPointer(found))
                finish(UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
                start = end + 1
            }
            // One byte more than a line may have tells that it is too long, whatever comes.
            return Array(buffer[start...].prefix(Self.lineLimit + 1))
        }
    }

    /// Looks at one line without its line break.
    private mutating func finish(_ line: UnsafeRawBufferPointer) {
        count += 1
        guard let first = line.first, first == Self.sequence[0] || first == UInt8(ascii: "\r"),
            line.count <= Self.lineLimit, let lines = Self.linesUp(line)
        else { return }
        let (start, end) = (max(1, count - min(lines, Self.highest)), count - 1)
        guard start <= end else { return }
        if let last = ranges.last, start <= last.upperBound + 1 {
            ranges[ranges.count - 1] = min(start, last.lowerBound)...end
        } else if ranges.count < Self.limit {
            ranges.append(start...end)
        }
    }

    /// How far up it goes before it writes anything; `nil` when it does not, or comes down again.
    private static func linesUp(_ line: UnsafeRawBufferPointer) -> Int? {
        var (place, lines, isBegun) = (0, 0, false)
        while place < line.count {
            guard line[place] == sequence[0], place + 1 < line.count, line[place + 1] == sequence[1] else {
                if line[place] != UInt8(ascii: "\r") { isBegun = true }
                // Nothing that follows makes it one that goes up.
                if isBegun, lines == 0 { return nil }
                place += 1
                continue
            }
            var number = 0
            place += 2
            while place < line.count, (0x20...0x3F).contains(line[place]) {
                let digit = Int(line[place]) - 0x30
                if (0...9).contains(digit), number < 10_000 { number = number * 10 + digit }
                place += 1
            }
            guard place < line.count else { break }
            switch line[place] {
            case UInt8(ascii: "A"), UInt8(ascii: "F"): if !isBegun { lines += max(1, number) }
            case UInt8(ascii: "B"), UInt8(ascii: "E"): return nil
            default: break
            }
            place += 1
        }
        return lines == 0 ? nil : lines
    }
}
