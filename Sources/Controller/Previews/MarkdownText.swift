/// Text for comments on GitHub. What comes from outside stands in code spans, so that it makes no links, mentions nobody
/// and ends no block.
enum MarkdownText {
    /// One line in a code span.
    static func code(_ text: some CustomStringConvertible) -> String { "`\(plain(text))`" }

    /// One line without what could end a code span or a block of code.
    static func plain(_ text: some CustomStringConvertible) -> String {
        String(
            text.description.map { character in
                character.isNewline || character.unicodeScalars.contains { $0.properties.generalCategory == .control }
                    ? " " : character == "`" ? "'" : character
            })
    }

    /// An address that can stand in a link's parentheses.
    static func address(_ path: String) -> String {
        path.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                return String(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }.joined()
    }
}
