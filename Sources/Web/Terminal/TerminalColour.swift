/// A colour of a log's text or of its ground.
struct TerminalColour: Equatable, Sendable {
    /// A number of the 256 colour palette; of a true colour the nearest in the palette's cube.
    var index: UInt8
    /// A true colour that the style sheet does not have exactly, red first.
    var rgb: UInt32?

    init(index: UInt8) { self.index = index }

    /// - Parameters:
    ///   - kind: 5 for a number of the palette, 2 for a true colour.
    ///   - values: the number, or red, green and blue; more is passed over.
    init?(_ kind: Int?, _ values: [Int]) {
        switch kind {
        case 5:
            guard let index = values.first.flatMap({ UInt8(exactly: $0) }) else { return nil }
            self.init(index: index)
        case 2:
            guard values.count >= 3 else { return nil }
            let parts = values.prefix(3)
            self.init(index: TerminalPalette.nearest(values[0], values[1], values[2]))
            guard parts.allSatisfy({ (0...255).contains($0) }),
                !parts.allSatisfy({ $0 == 0 || $0 == 255 })
            else { return }
            rgb = parts.reduce(0) { $0 << 8 | UInt32($1) }
        default: return nil
        }
    }

    /// A word for the true colour, after a space; empty when there is none.
    func suffix(_ letter: Character) -> String {
        guard let rgb else { return "" }
        let digits = String(rgb, radix: 16)
        return " \(letter)" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}

/// The parameters of a control sequence: groups by `;`, in which `:` separates. What is empty is 0, what is no number is -1.
struct TerminalParameters {
    /// None of them is empty. There are none when the sequence is about something else.
    let groups: [[Int]]

    init(_ bytes: [UInt8]) {
        // The private ones: <, =, > and ?.
        guard bytes.first.map({ !(0x3C...0x3F).contains($0) }) ?? true else {
            groups = []
            return
        }
        groups = bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { group in
            group.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { Self.number($0) }
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int {
        guard !digits.isEmpty else { return 0 }
        guard digits.count <= 6 else { return -1 }
        var number = 0
        for byte in digits {
            guard (0x30...0x39).contains(byte) else { return -1 }
            number = number * 10 + Int(byte - 0x30)
        }
        return number
    }
}
