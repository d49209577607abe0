/// How text looks after the "select graphic rendition" sequences of ECMA-48 that came before it.
struct TerminalStyle: Equatable, Sendable {
    /// A number of the 256 colour palette.
    var foreground: UInt8?
    var background: UInt8?
    /// Classes of the style sheet: bd dm it ul iv st, in this order.
    private var flags: UInt8 = 0

    private static let names = ["bd", "dm", "it", "ul", "iv", "st"]
    private enum Flag: UInt8 { case bold = 1, dim = 2, italic = 4, underline = 8, inverse = 16, strike = 32 }

    /// Plain text.
    init() {}

    /// Whether it is as text is without any sequence.
    var isPlain: Bool { foreground == nil && background == nil && flags == 0 }

    /// Reads what `classes` wrote; unknown words are passed over.
    init(classes: String) {
        for word in classes.split(separator: " ") {
            if let index = Self.names.firstIndex(of: String(word)) {
                flags |= 1 << UInt8(index)
            } else if word.first == "f" {
                foreground = UInt8(word.dropFirst())
            } else if word.first == "b" {
                background = UInt8(word.dropFirst())
            }
        }
    }

    /// Words for a class attribute; empty for plain text.
    var classes: String {
        var words: [String] = []
        if let foreground { words.append("f\(foreground)") }
        if let background { words.append("b\(background)") }
        for (index, name) in Self.names.enumerated() where flags & (1 << UInt8(index)) != 0 { words.append(name) }
        return words.joined(separator: " ")
    }

    /// Applies the parameters of one sequence.
    mutating func apply(_ parameters: [Int]) {
        var rest = parameters[...]
        while let code = rest.popFirst() {
            switch code {
            case 0: self = TerminalStyle()
            case 1: set(.bold)
            case 2: set(.dim)
            case 3: set(.italic)
            case 4: set(.underline)
            case 7: set(.inverse)
            case 9: set(.strike)
            case 22: clear(.bold); clear(.dim)
            case 23: clear(.italic)
            case 24: clear(.underline)
            case 27: clear(.inverse)
            case 29: clear(.strike)
            case 30...37: foreground = UInt8(code - 30)
            case 38: foreground = Self.colour(&rest) ?? foreground
            case 39: foreground = nil
            case 40...47: background = UInt8(code - 40)
            case 48: background = Self.colour(&rest) ?? background
            case 49: background = nil
            case 90...97: foreground = UInt8(code - 90 + 8)
            case 100...107: background = UInt8(code - 100 + 8)
            default: break
            }
        }
    }

    private mutating func set(_ flag: Flag) { flags |= flag.rawValue }
    private mutating func clear(_ flag: Flag) { flags &= ~flag.rawValue }

    /// `5;n` is a number of the palette, `2;r;g;b` a true colour, which becomes the nearest of the palette's cube.
    private static func colour(_ rest: inout ArraySlice<Int>) -> UInt8? {
        switch rest.popFirst() {
        case 5: return rest.popFirst().flatMap { UInt8(exactly: $0) }
        case 2:
            guard let red = rest.popFirst(), let green = rest.popFirst(), let blue = rest.popFirst() else { return nil }
            return TerminalPalette.nearest(red, green, blue)
        default: return nil
        }
    }
}
