/// A log → lines of HTML.
///
/// Colours and styles become spans with classes; a carriage return that does not end a line starts the line again, as do the
/// sequences that erase it, so a progress bar shows its last state; every other control sequence is left out, to the end of its line at most.
/// Assets/terminal.js does the same for the lines that arrive while the page is open; a test holds the two together.
struct TerminalText {
    /// The style at the place reached; carried from line to line.
    private(set) var style = TerminalStyle()
    private var html: [UInt8] = []
    private var spanStyle = TerminalStyle()
    private var state = State.ground
    private var parameters: [UInt8] = []
    private var returned = false

    private enum State { case ground, escape, control, text, textEscape, skip }

    /// Nobody needs longer parameters; a hostile log must not make them grow without end.
    private static let parameterLimit = 64

    /// - Parameter style: what the first line begins with.
    init(_ style: TerminalStyle = TerminalStyle()) { self.style = style }

    /// What stands on the line that is not finished yet.
    var unfinished: String {
        String(decoding: html, as: UTF8.self) + (spanStyle.isPlain ? "" : "</span>")
    }
    /// Whether anything stands there.
    var hasUnfinished: Bool { !html.isEmpty }

    /// The lines that these bytes finish. What is not UTF-8 is replaced; characters are not put together over two calls.
    mutating func feed(_ bytes: some Collection<UInt8>) -> [String] {
        var text = String(decoding: bytes, as: UTF8.self)
        var lines: [String] = []
        text.withUTF8 { feed($0, &lines) }
        return lines
    }

    private mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>, _ lines: inout [String]) {
        var index = 0
        while index < bytes.count {
            if state == .ground {
                // Most of a log is plain text: it is copied in runs.
                var end = index
                while end < bytes.count, Self.isPlain(bytes[end]) { end += 1 }
                if end > index {
                    prepare()
                    html += bytes[index..<end]
                    index = end
                    continue
                }
            }
            let scalar = Self.scalar(bytes, &index)
            // A sequence without an end must not hide the lines after it, nor put their numbers out.
            if scalar == "\n" { state = .ground }
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
    }

    /// Printable ASCII that means nothing in HTML, and the tabulator.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
        case 0x20...0x7E, 0x09: true
        default: false
        }
    }

    /// The character at a place in valid UTF-8, and the place after it.
    private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Unicode.Scalar {
        let first = UInt32(bytes[index])
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var value = length == 1 ? first : first & (0xFF >> UInt32(length + 1))
        for next in bytes[index + 1..<index + length] { value = value << 6 | UInt32(next & 0x3F) }
        index += length
        return Unicode.Scalar(value) ?? "\u{FFFD}"
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
            parameters.removeAll(keepingCapacity: true)
        default:
            // Other controls do nothing here; invisible characters are shown, so they are not dropped.
            if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) { return }
            prepare()
            var text = ""
            HTMLText.append(scalar, to: &text)
            html += text.utf8
        }
    }

    private mutating func startLine() {
        html.removeAll(keepingCapacity: true)
        spanStyle = TerminalStyle()
        returned = false
    }

    /// Text is about to be written.
    private mutating func prepare() {
        if returned { startLine() }
        guard style != spanStyle else { return }
        if !spanStyle.isPlain { html += "</span>".utf8 }
        if !style.isPlain { html += "<span class=\"\(style.classes)\">".utf8 }
        spanStyle = style
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "[":
            state = .control
            parameters.removeAll(keepingCapacity: true)
        case "]", "P", "X", "^", "_": state = .text
        case " ", "#", "%", "(", ")", "*", "+", "-", ".", "/": state = .skip
        default: state = .ground
        }
    }

    private mutating func control(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x20...0x3F:
            if parameters.count < Self.parameterLimit { parameters.append(UInt8(scalar.value)) }
        case 0x40...0x7E:
            finishControl(scalar)
            state = .ground
        default: state = .ground
        }
    }

    /// Styles, and what progress bars do to their line: go to its beginning and erase it.
    private mutating func finishControl(_ scalar: Unicode.Scalar) {
        let text = String(decoding: parameters, as: UTF8.self)
        switch scalar {
        case "m": style.apply(parameters)
        case "G" where text.isEmpty || text == "1": returned = true
        case "K" where text == "2" || (returned && (text.isEmpty || text == "0")): startLine()
        default: break
        }
    }
}
