/// The lines of a log with which scripts mark groups: `::group::name` and `::endgroup::`, at the beginning of a line.
struct GroupMarks {
    struct Mark {
        /// Where its line begins in the log.
        var offset: Int64
        /// The group's name as the script wrote it; `nil` for an end.
        var name: [UInt8]?
    }

    private(set) var marks: [Mark] = []

    /// More are not looked for: nobody folds a thousand groups.
    static let limit = 1_000
    /// More of a name is not kept.
    private static let nameLimit = 200
    /// A longer line is no mark.
    private static let lineLimit = 4_096
    private static let needle = Array("group::".utf8)
    private static let begin = Array("::".utf8)
    private static let end = Array("::end".utf8)

    private var rest: [UInt8] = []
    /// Where `rest` begins.
    private var position: Int64 = 0
    /// Whether the beginning of the line that `rest` belongs to was thrown away.
    private var isInLine = false

    var isFull: Bool { marks.count >= Self.limit }

    /// Goes on over these bytes, which may be cut anywhere.
    mutating func feed(_ bytes: [UInt8]) {
        var piece = rest
        piece += bytes
        piece.withUnsafeBytes { buffer in
            var place = 0
            while !isFull, let found = ByteSearch.first(Self.needle, in: buffer, from: place) {
                place = found + Self.needle.count
                if let mark = mark(buffer, found) { marks.append(mark) }
            }
        }
        // The line that is not finished is looked at again when more of it is there.
        var start = piece.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        if start > 0 { isInLine = false }
        if piece.count - start > Self.lineLimit {
            start = piece.count
            isInLine = true
        }
        rest = Array(piece[start...])
        position += Int64(start)
    }

    /// The mark whose `group::` stands there, if it is one and its line is whole.
    private func mark(_ buffer: UnsafeRawBufferPointer, _ found: Int) -> Mark? {
        for (sign, isEnd) in [(Self.begin, false), (Self.end, true)] {
            let start = found - sign.count
            guard start >= 0, sign.indices.allSatisfy({ buffer[start + $0] == sign[$0] }),
                start == 0 ? !isInLine : buffer[start - 1] == UInt8(ascii: "\n")
            else { continue }
            let name = buffer[(found + Self.needle.count)...].prefix(Self.lineLimit)
            guard let end = name.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            var text = Array(name[..<end].prefix(Self.nameLimit))
            if text.last == UInt8(ascii: "\r") { text.removeLast() }
            return Mark(offset: position + Int64(start), name: isEnd ? nil : text)
        }
        return nil
    }
}
