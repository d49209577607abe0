/// A log → lines of HTML.
///
/// Colours and styles become spans with classes; a carriage return that does not end a line starts the line again, so a
/// progress bar shows its last state; every other control sequence is left out. Assets/log.js does the same for the
/// lines that arrive while the page is open; a test holds the two together.
struct TerminalText {
    /// The style at the place reached; carried from line to line.
    var style = TerminalStyle()
    private var html = ""
    private var spanStyle = TerminalStyle()
    private var state = State.ground
    private var parameters = ""
    private var returned = false

    private enum State { case ground, escape, control, text, textEscape, skip }

    /// What stands on the line that is not finished yet.
    var unfinished: String { html + (spanStyle == TerminalStyle() ? "" : "</span>") }
    /// Whether anything stands there.
    var hasUnfinished: Bool { !html.isEmpty }

    /// Continues with a style.
    init(style: TerminalStyle = TerminalStyle()) { self.style = style }

    /// The lines that this text finishes.
    mutating func feed(_ text: String) -> [String] {
        var lines: [String] = []
        for scalar in text.unicodeScalars {
            switch state {
            case .ground: ground(scalar, &lines)
            case .escape: escape(scalar)
            case .control: control(scalar)
            case .text:
                if scalar == "\u{07}" { state = .ground } else if scalar == "\u{1B}" { state = .textEscape }
            case .textEscape: state = scalar == "\\" ? .ground : .text
            case .skip: state = .ground
            }
        }
        return lines
    }

    private mutating func ground(_ scalar: Unicode.Scalar, _ lines: inout [String]) {
        switch scalar {
        case "\n":
            lines.append(unfinished)
            startLine()
        case "\r": returned = true
        case "\u{1B}": state = .escape
        case "\u{9B}":
            state = .control
            parameters = ""
        default:
            // Other controls do nothing here; invisible characters are shown, so they are not dropped.
            if scalar != "\t", scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) { return }
            if returned { startLine() }
            append(scalar)
        }
    }

    private mutating func startLine() {
        html = ""
        spanStyle = TerminalStyle()
        returned = false
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        if style != spanStyle {
            if spanStyle != TerminalStyle() { html += "</span>" }
            if style != TerminalStyle() { html += "<span class=\"\(style.classes)\">" }
            spanStyle = style
        }
        HTMLText.append(scalar, to: &html)
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "[":
            state = .control
            parameters = ""
        case "]", "P", "X", "^", "_": state = .text
        case " ", "#", "%", "(", ")", "*", "+", "-", ".", "/": state = .skip
        default: state = .ground
        }
    }

    private mutating func control(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x20...0x3F:
            // Nobody needs more; a hostile log must not grow this without end.
            if parameters.utf8.count < 64 { parameters.unicodeScalars.append(scalar) }
        case 0x40...0x7E:
            if scalar == "m" { style.apply(numbers) }
            state = .ground
        default: state = .ground
        }
    }

    private var numbers: [Int] {
        guard !parameters.isEmpty else { return [0] }
        return parameters.split(whereSeparator: { $0 == ";" || $0 == ":" }).isEmpty
            ? [0]
            : parameters.split(omittingEmptySubsequences: false, whereSeparator: { $0 == ";" || $0 == ":" })
                .map { $0.isEmpty ? 0 : Int($0) ?? -1 }
    }
}
