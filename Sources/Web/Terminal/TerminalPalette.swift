/// The 256 colours: 16 of our own, made to be read on the log's dark ground, then xterm's cube and greys.
enum TerminalPalette {
    private static let own = [
        "#5c6370", "#ff7b86", "#5bc98e", "#e8b04a", "#86a5ff", "#d79bff", "#5cc8d8", "#d7dae2",
        "#8a92a3", "#ff9aa3", "#7fe0aa", "#f5cb77", "#a9bfff", "#e5bcff", "#86e0ec", "#ffffff",
    ]
    private static let levels = [0, 95, 135, 175, 215, 255]

    /// The colour of a number, `#rrggbb`.
    static func colour(_ index: Int) -> String {
        switch index {
        case 0..<16: return own[index]
        case 16..<232:
            let cube = index - 16
            return hex(levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6])
        default:
            let grey = 8 + (index - 232) * 10
            return hex(grey, grey, grey)
        }
    }

    /// The number of the cube's colour that is nearest to a true colour.
    static func nearest(_ red: Int, _ green: Int, _ blue: Int) -> UInt8 {
        func step(_ value: Int) -> Int {
            levels.indices.min { abs(levels[$0] - value) < abs(levels[$1] - value) } ?? 0
        }
        return UInt8(clamping: 16 + 36 * step(red) + 6 * step(green) + step(blue))
    }

    /// A class for each colour of the text (`f0` to `f255`) and of its ground (`b0` to `b255`).
    static var styleSheet: [UInt8] {
        var text = ""
        for index in 0..<256 {
            let colour = colour(index)
            text += ".f\(index){color:\(colour)}.b\(index){background:\(colour)}"
        }
        return Array(text.utf8)
    }

    private static func hex(_ parts: Int...) -> String {
        "#"
            + parts.map { part in
                let digits = String(part, radix: 16)
                return digits.count < 2 ? "0\(digits)" : digits
            }.joined()
    }
}
