/// A log on somebody's terminal: text, tabs, line breaks and colours pass; what would move the cursor elsewhere, rename
/// the window or make the terminal answer does not. What would turn the text that follows around, and bytes that are no
/// UTF-8, become U+FFFD: some terminals obey the byte 0x9B. Sequences and characters may be cut in two anywhere.
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
    /// The beginning of a character that has more bytes.
    private var character: [UInt8] = []

    private static let escape: UInt8 = 0x1B
    private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

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
        if !character.isEmpty {
            if continues(byte) {
                character.append(byte)
                if character.count == Self.length(character[0]) { finish(&shown) }
                return
            }
            shown += Self.replacement
            character.removeAll(keepingCapacity: true)
        }
        switch byte {
        case Self.escape: state = .escape
        case 0x09, 0x0A, 0x0D: shown.append(byte)
        case 0..<0x20, 0x7F: break
        case 0x20..<0x7F: shown.append(byte)
        default: if Self.length(byte) > 0 { character.append(byte) } else { shown += Self.replacement }
        }
    }

    /// Shows the character that has come to its end, or what stands for it.
    private mutating func finish(_ shown: inout [UInt8]) {
        switch (character[0], character[1], character.last ?? 0) {
        // U+0080 to U+009F are control characters; some terminals obey them.
        case (0xC2, 0x80...0x9F, _): break
        // U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069, as in `withoutControls`.
        case (0xD8, 0x9C, _), (0xE2, 0x80, 0x8E...0x8F), (0xE2, 0x80, 0xAA...0xAE), (0xE2, 0x81, 0xA6...0xA9):
            shown += Self.replacement
        default: shown += character
        }
        character.removeAll(keepingCapacity: true)
    }

    /// How many bytes a character has that begins with this one, beyond ASCII; 0 when none begins so.
    private static func length(_ byte: UInt8) -> Int {
        switch byte {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
    }

    /// Whether the byte may follow: what could be said in fewer bytes, and what stands for no character, is no UTF-8.
    private func continues(_ byte: UInt8) -> Bool {
        guard character.count == 1 else { return (0x80...0xBF).contains(byte) }
        return switch character[0] {
        case 0xE0: (0xA0...0xBF).contains(byte)
        case 0xED: (0x80...0x9F).contains(byte)
        case 0xF0: (0x90...0xBF).contains(byte)
        case 0xF4: (0x80...0x8F).contains(byte)
        default: (0x80...0xBF).contains(byte)
        }
    }
}
