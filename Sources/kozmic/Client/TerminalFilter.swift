/// A log on somebody's terminal: text, tabs, line breaks and colours pass; what would move the cursor elsewhere, rename
/// the window or make the terminal answer does not. Sequences may be cut in two anywhere.
struct TerminalFilter {
    private enum State {
        case text
        /// After ESC.
        case escape
        /// Within `ESC [ …`.
        case control
        /// Within a text for the terminal itself, such as a window's title; it ends with BEL or `ESC \`.
        case string
        /// After ESC within such a text.
        case stringEscape
    }

    private let isTerminal: Bool
    private var state = State.text
    private var sequence: [UInt8] = []
    /// After 0xC2 in a text, which begins the characters that stand for ESC and one more.
    private var isAfterC2 = false

    private static let escape: UInt8 = 0x1B

    /// - Parameter isTerminal: what goes elsewhere passes as it is.
    init(isTerminal: Bool) { self.isTerminal = isTerminal }

    /// What may be shown of these bytes.
    mutating func feed(_ bytes: [UInt8]) -> [UInt8] {
        guard isTerminal else { return bytes }
        var shown: [UInt8] = []
        shown.reserveCapacity(bytes.count)
        for byte in bytes { take(byte, &shown) }
        return shown
    }

    private mutating func take(_ byte: UInt8, _ shown: inout [UInt8]) {
        switch state {
        case .text: text(byte, &shown)
        case .escape:
            switch byte {
            case UInt8(ascii: "["):
                sequence = [Self.escape, byte]
                state = .control
            case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
                state = .string
            case 0x20...0x2F: break  // one more byte follows
            default: state = .text
            }
        case .control:
            sequence.append(byte)
            switch byte {
            case 0x40...0x7E:
                if byte == UInt8(ascii: "m") { shown += sequence }
                state = .text
            case 0x20...0x3F where sequence.count < 64: break
            default: state = .text
            }
        case .string:
            if byte == 0x07 || byte == 0x0A { state = .text }
            if byte == Self.escape { state = .stringEscape }
        case .stringEscape: state = byte == UInt8(ascii: "\\") ? .text : .string
        }
    }

    private mutating func text(_ byte: UInt8, _ shown: inout [UInt8]) {
        if isAfterC2 {
            isAfterC2 = false
            // U+0080 to U+009F are control characters; some terminals obey them.
            if (0x80...0x9F).contains(byte) { return }
            shown.append(0xC2)
        }
        switch byte {
        case 0xC2: isAfterC2 = true
        case Self.escape: state = .escape
        case 0x09, 0x0A, 0x0D: shown.append(byte)
        case 0..<0x20, 0x7F: break
        default: shown.append(byte)
        }
    }
}
