import Foundation

/// The 256 colours: 16 of our own, made to be read on the log's dark ground, then xterm's cube and greys. As grounds the 16
/// are darker, so that light text can be read on them; where a script's choice of two of them cannot be read, the text is
/// white or black. Of the others those that are too dark for the log's ground are lighter as text; as grounds a script gives
/// them, with a text that can be read there (Assets/logview.js): the style sheet would be twice as large.
enum TerminalPalette {
    private static let own = [
        "#838a9a", "#ff7b86", "#5bc98e", "#e8b04a", "#86a5ff", "#d79bff", "#5cc8d8", "#d7dae2",
        "#9aa2b3", "#ff9aa3", "#7fe0aa", "#f5cb77", "#a9bfff", "#e5bcff", "#86e0ec", "#ffffff",
    ]
    private static let grounds = [
        "#2c313c", "#701c29", "#0f4a2a", "#573c00", "#233a86", "#542678", "#0c4a54", "#d7dae2",
        "#3a414e", "#7a2130", "#13502f", "#5e4200", "#2a4190", "#5b2c80", "#10505a", "#ffffff",
    ]
    private static let black = "#14161c"
    private static let white = "#ffffff"
    /// What text stands on when it has no ground of its own: that of lines which are pointed at is the lightest.
    private static let logGround = "#161c34"
    /// What WCAG AA asks for.
    private static let least = 4.5
    private static let levels = [0, 95, 135, 175, 215, 255]

    /// The colour of a number, `#rrggbb`.
    static func colour(_ index: Int) -> String {
        switch index {
        case 0..<16: return own[index]
        case 16..<232:
            let cube = index - 16
            return hex([levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6]])
        default:
            let grey = 8 + (index - 232) * 10
            return hex([grey, grey, grey])
        }
    }

    /// The number of the cube's colour that is nearest to a true colour.
    static func nearest(_ red: Int, _ green: Int, _ blue: Int) -> UInt8 {
        func step(_ value: Int) -> Int {
            levels.indices.min { abs(levels[$0] - value) < abs(levels[$1] - value) } ?? 0
        }
        return UInt8(clamping: 16 + 36 * step(red) + 6 * step(green) + step(blue))
    }

    /// The colour of a text without a ground of its own. Those of the cube are rounded to what `#abc` can say, which nobody sees.
    static func legible(_ index: Int) -> String {
        let chosen = parts(colour(index))
        for share in 0...50 {
            var shown = chosen.map { $0 + (255 - $0) * share / 50 }
            if (16..<232).contains(index) || share > 0 { shown = shown.map { ($0 + 8) / 17 * 17 } }
            if contrast(hex(shown), logGround) >= least { return hex(shown) }
        }
        return white
    }

    /// A class for each colour of the text (`f0` to `f255`), and for each of our own as its ground (`b0` to `b15`).
    static var styleSheet: [UInt8] {
        var classes: [String: [String]] = [:]
        for index in 0..<256 { classes[legible(index), default: []].append(".f\(index)") }
        var text = classes.sorted { $0.key < $1.key }
            .map { "\($0.value.joined(separator: ",")){color:\(short($0.key))}" }.joined()
        for index in grounds.indices { text += ".b\(index){background:\(ground(index))}" }
        for index in grounds.indices where contrast(black, ground(index)) > least {
            text += ".b\(index){color:\(black)}"
        }
        for ground in grounds.indices {
            let bad = own.indices.filter { contrast(colour($0), grounds[ground]) < least }
            guard !bad.isEmpty else { continue }
            text += bad.map { ".f\($0).b\(ground)" }.joined(separator: ",") + "{color:\(readable(on: ground))}"
        }
        return Array(text.utf8)
    }

    /// The colour of a ground.
    static func ground(_ index: Int) -> String { index < grounds.count ? grounds[index] : colour(index) }

    /// The colour of a text on a ground, both of the 16.
    static func text(_ index: Int, on ground: Int) -> String {
        let chosen = colour(index)
        return contrast(chosen, grounds[ground]) < least ? readable(on: ground) : chosen
    }

    /// From 1 to 21, as WCAG counts.
    static func contrast(_ first: String, _ second: String) -> Double {
        let (one, other) = (luminance(first), luminance(second))
        return (max(one, other) + 0.05) / (min(one, other) + 0.05)
    }

    private static func readable(on ground: Int) -> String {
        contrast(white, grounds[ground]) < contrast(black, grounds[ground]) ? black : white
    }

    private static func luminance(_ colour: String) -> Double {
        let shares = parts(colour).map { part -> Double in
            let share = Double(part) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * shares[0] + 0.7152 * shares[1] + 0.0722 * shares[2]
    }

    /// `#aabbcc` as `#abc`.
    private static func short(_ colour: String) -> String {
        let digits = Array(colour.dropFirst())
        guard digits.count == 6, digits[0] == digits[1], digits[2] == digits[3], digits[4] == digits[5] else {
            return colour
        }
        return "#\(digits[0])\(digits[2])\(digits[4])"
    }

    private static func parts(_ colour: String) -> [Int] {
        let value = Int(colour.dropFirst(), radix: 16) ?? 0
        return [value >> 16, value >> 8 & 0xFF, value & 0xFF]
    }

    private static func hex(_ parts: [Int]) -> String {
        "#"
            + parts.map { part in
                let digits = String(part, radix: 16)
                return digits.count < 2 ? "0\(digits)" : digits
            }.joined()
    }
}
