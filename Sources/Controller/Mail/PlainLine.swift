/// One line of text that strangers wrote, made fit for a mail: no line breaks, no control characters, no escape
/// sequences of terminals, and nothing that turns the direction of what follows around.
struct PlainLine: Sendable, CustomStringConvertible {
    let description: String

    /// - Parameter limit: in Unicode scalars; what is longer is cut and ends with an ellipsis.
    init(_ text: String, limit: Int) {
        var line = String.UnicodeScalarView()
        var scalars = text.unicodeScalars.makeIterator()
        var count = 0
        while let scalar = scalars.next() {
            if scalar == "\u{1B}" {
                Self.skipSequence(&scalars)
                continue
            }
            guard let shown = Self.shown(scalar) else { continue }
            guard count < limit else {
                line.removeLast()
                line.append("…")
                break
            }
            line.append(shown)
            count += 1
        }
        description = String(line)
    }

    /// `nil` for what is left out.
    private static func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: scalar.value < 0x20 || scalar.value > 0x7F ? " " : nil
        // Emoji and several scripts are written with these two.
        case .format: scalar == "\u{200C}" || scalar == "\u{200D}" ? scalar : nil
        case .surrogate, .unassigned, .privateUse: "\u{FFFD}"
        default: scalar
        }
    }

    /// Colours and the like: `ESC [ … letter`, and `ESC ] … BEL` or `ESC \`.
    private static func skipSequence(_ scalars: inout String.UnicodeScalarView.Iterator) {
        guard let kind = scalars.next() else { return }
        if kind == "[" {
            while let scalar = scalars.next(), !(0x40...0x7E).contains(scalar.value) {}
        } else if kind == "]" {
            while let scalar = scalars.next(), scalar != "\u{07}", scalar != "\\" {}
        }
    }
}
