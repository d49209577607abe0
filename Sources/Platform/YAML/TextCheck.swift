/// Looks at the characters before libyaml does: libyaml reports a wrong byte without line and column, and takes three
/// more characters for line breaks than any editor does, which would make all later lines wrong.
enum TextCheck {
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    /// libyaml compares each directive with all others; nobody needs more than a few.
    static let maximumDirectives = 16

    static func firstProblem(in bytes: [UInt8]) -> YAMLError? {
        var position = YAMLPosition.start
        var directives = 0
        var index = bytes.starts(with: byteOrderMark) ? 3 : 0
        while index < bytes.count {
            guard let (scalar, length) = decode(bytes, at: index) else {
                return YAMLError(position, "not UTF-8: byte 0x\(hex(UInt32(bytes[index])))")
            }
            if let problem = problem(with: scalar) { return YAMLError(position, problem) }
            if scalar == 0x25, position.column == 1 {
                directives += 1
                if directives > maximumDirectives { return YAMLError(position, "too many directives") }
            }
            index += length
            let isBreak = scalar == 0x0A || (scalar == 0x0D && !(index < bytes.count && bytes[index] == 0x0A))
            if isBreak {
                position = YAMLPosition(line: position.line + 1, column: 1)
            } else {
                position.column += 1
            }
        }
        return nil
    }

    private static func problem(with scalar: UInt32) -> String? {
        switch scalar {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
            0x10000...0x10FFFF:
            nil
        case 0x85, 0x2028, 0x2029:
            "the line separator U+\(hex(scalar)) must be written as an escape in double quotes"
        case 0xFEFF:
            "a byte order mark stands inside of the file"
        default:
            "the control character U+\(hex(scalar)) must be written as an escape in double quotes"
        }
    }

    /// One well-formed character: the shortest form, no surrogates, nothing above U+10FFFF.
    private static func decode(_ bytes: [UInt8], at index: Int) -> (UInt32, Int)? {
        let first = bytes[index]
        if first < 0x80 { return (UInt32(first), 1) }
        let (length, lowest): (Int, UInt32)
        var value: UInt32
        switch first {
        case 0xC2...0xDF: (length, lowest, value) = (2, 0x80, UInt32(first & 0x1F))
        case 0xE0...0xEF: (length, lowest, value) = (3, 0x800, UInt32(first & 0x0F))
        case 0xF0...0xF4: (length, lowest, value) = (4, 0x10000, UInt32(first & 0x07))
        default: return nil
        }
        guard index + length <= bytes.count else { return nil }
        for next in bytes[index + 1..<index + length] {
            guard next & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(next & 0x3F)
        }
        guard value >= lowest, value <= 0x10FFFF, !(0xD800...0xDFFF).contains(value) else { return nil }
        return (value, length)
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, (value < 0x100 ? 2 : 4) - digits.count)) + digits
    }
}
