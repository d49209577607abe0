/// Texts in YAML that mean themselves, whatever they hold.
public enum YAMLText {
    /// A text as a scalar: plain where every reader takes it for a text, else quoted.
    public static func scalar(_ text: String) -> String {
        if isPlain(text) { return text }
        let isOneLine = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !isSpecial($0) }
        if isOneLine { return "'\(text.replacing("'", with: "''"))'" }
        var quoted = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            default:
                guard scalar.value < 0x20 || isSpecial(scalar) else {
                    quoted.unicodeScalars.append(scalar)
                    continue
                }
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        return "\"\(quoted)\""
    }

    /// A text behind `#`: one line without control characters.
    public static func comment(_ text: String) -> String {
        "# " + String(text.map { $0.unicodeScalars.contains { $0.value < 0x20 || isSpecial($0) } ? " " : $0 })
    }

    /// Letters first, nothing that means something, and no word that one of the schemas takes for something else.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first), !words.contains(text.lowercased()) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "-_./".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// Lines that end nowhere, text that runs backwards, and what YAML does not take at all.
    private static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x7F...0x9F, 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    private static let words: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
}
