/// How text looks after the "select graphic rendition" sequences of ECMA-48 that came before it.
struct TerminalStyle: Equatable, Sendable {
    /// The text's.
    private(set) var foreground: TerminalColour?
    /// The ground's.
    private(set) var background: TerminalColour?
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
                continue
            }
            let value = word.dropFirst()
            switch word.first {
            case "f": foreground = UInt8(value).map { TerminalColour(index: $0) }
            case "b": background = UInt8(value).map { TerminalColour(index: $0) }
            case "t": foreground?.rgb = UInt32(value, radix: 16)
            case "g": background?.rgb = UInt32(value, radix: 16)
            default: break
            }
        }
    }

    /// Words for a class attribute; empty for plain text. A true colour that the palette lacks is a word of its own, with which
    /// a script gives it: the policy of the pages forbids styles in HTML, and without scripts the palette's nearest is shown.
    var classes: String {
        var words: [String] = []
        if let foreground { words.append("f\(foreground.index)" + foreground.suffix("t")) }
        if let background { words.append("b\(background.index)" + background.suffix("g")) }
        for (index, name) in Self.names.enumerated() where flags & (1 << UInt8(index)) != 0 { words.append(name) }
        return words.joined(separator: " ")
    }

    /// Applies the parameters of one sequence.
    mutating func apply(_ parameters: [UInt8]) {
        var rest = TerminalParameters(parameters).groups[...]
        while let group = rest.popFirst() {
            let code = group[0]
            if group.count > 1 {
                apply(group)
                continue
            }
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
            case 30...37: foreground = TerminalColour(index: UInt8(code - 30))
            case 39: foreground = nil
            case 40...47: background = TerminalColour(index: UInt8(code - 40))
            case 49: background = nil
            case 38, 48, 58:
                let kind = rest.popFirst()?[0]
                let many = kind == 5 ? 1 : kind == 2 ? 3 : 0
                paint(code, TerminalColour(kind, rest.prefix(many).map { $0[0] }))
                rest = rest.dropFirst(many)
            case 90...97: foreground = TerminalColour(index: UInt8(code - 90 + 8))
            case 100...107: background = TerminalColour(index: UInt8(code - 100 + 8))
            default: break
            }
        }
    }

    /// Applies a parameter with colons, which has all of its parts in itself; a true colour may name a colour space.
    private mutating func apply(_ group: [Int]) {
        switch group[0] {
        case 4: if group[1] == 0 { clear(.underline) } else { set(.underline) }
        case 38, 48:
            let hasSpace = group[1] == 2 && group.count > 5
            paint(group[0], TerminalColour(group[1], Array(group.dropFirst(hasSpace ? 3 : 2))))
        default: break
        }
    }

    /// 38 is the text's colour, 48 the ground's; 58, of the line under it, is not shown.
    private mutating func paint(_ code: Int, _ colour: TerminalColour?) {
        guard let colour else { return }
        if code == 38 { foreground = colour }
        if code == 48 { background = colour }
    }

    private mutating func set(_ flag: Flag) { flags |= flag.rawValue }
    private mutating func clear(_ flag: Flag) { flags &= ~flag.rawValue }
}
