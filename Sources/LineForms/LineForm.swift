/// What of a line counts when logs are compared: not when it was written, how long something took, nor what was drawn by
/// lot. What is shown stays as it was.
///
/// Control sequences, blanks at the end, and what a carriage return wrote over are left out. Times, durations, ids,
/// the names of temporary folders and the like stand as words: `<time>`. Of a very long line the beginning counts.
public struct LineForm: Sendable {
    /// The line that was read last, as it counts.
    public private(set) var bytes: [UInt8] = []
    private var plain: [UInt8] = []

    /// More of a line, or of what was written over it last, is not looked at, in bytes.
    public static let lengthLimit = 16 << 10

    /// Has read no line yet.
    public init() {}

    /// Reads a line without its line break.
    public mutating func read(_ line: UnsafeRawBufferPointer) {
        plain.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        PlainBytes.append(line.prefix(Self.lengthLimit), to: &plain)
        // Taken out, so that its memory is used again and not copied.
        let output = bytes
        bytes = []
        bytes = plain.withUnsafeBufferPointer { line in
            var scanner = LineScanner(line, output: output)
            scanner.run()
            return scanner.output
        }
    }

    /// The same number for lines that count as the same, in this process; nobody can make lines on purpose whose numbers
    /// are the same although they differ.
    public var key: UInt64 {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// Where that begins which was written over a line last, by a carriage return; `nil` when nothing was. Of a line beyond
    /// the limit that is what counts.
    ///
    /// - Parameter line: or a part of one.
    public static func overwriting(_ line: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard let end = line.lastIndex(where: { $0 != 0x0D }) else { return nil }
        return line[...end].lastIndex(of: 0x0D).map { $0 + 1 }
    }
}

/// A line as a terminal would leave it, without colours.
enum PlainBytes {
    private enum State { case text, escape, intermediate, control, string, stringEscape }

    /// - Parameter line: without its line break.
    static func append(_ line: some Collection<UInt8>, to plain: inout [UInt8]) {
        var state = State.text
        var returned = false
        for byte in line {
            switch state {
            case .text:
                switch byte {
                case 0x1B: state = .escape
                // Only what comes after it writes the line anew.
                case 0x0D: returned = true
                case 0..<0x20 where byte != 0x09, 0x7F: break
                default:
                    if returned {
                        plain.removeAll(keepingCapacity: true)
                        returned = false
                    }
                    plain.append(byte)
                }
            case .escape:
                switch byte {
                case UInt8(ascii: "["): state = .control
                case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
                    state = .string
                case 0x20...0x2F: state = .intermediate
                default: state = .text
                }
            case .intermediate: if !(0x20...0x2F).contains(byte) { state = .text }
            case .control: if !(0x20...0x3F).contains(byte) { state = .text }
            case .string:
                if byte == 0x07 { state = .text } else if byte == 0x1B { state = .stringEscape }
            case .stringEscape: state = byte == UInt8(ascii: "\\") ? .text : .string
            }
        }
        while let last = plain.last, last == 0x20 || last == 0x09 { plain.removeLast() }
    }
}
