import Mustache

/// Text made safe for HTML, scalar by scalar.
///
/// Mustache's own escaping looks at grapheme clusters, in which a quotation mark with a combining accent is no quotation
/// mark; a browser sees one. Characters that are invisible or turn the direction of the text are shown by number.
struct HTMLText: MustacheContentType {
    /// The name that templates choose it by: `{{% CONTENT_TYPE:PAGE}}`.
    static let name = "PAGE"

    func escapeText(_ text: String) -> String { Self.escape(text) }

    /// For element content and quoted attributes.
    static func escape(_ text: String) -> String {
        // Most texts are plain, and a page has thousands of them.
        if text.utf8.allSatisfy(isPlain) { return text }
        var result = ""
        result.unicodeScalars.reserveCapacity(text.unicodeScalars.count)
        for scalar in text.unicodeScalars { append(scalar, to: &result) }
        return result
    }

    /// Whether a byte stands for itself, whatever is around it: printable ASCII that HTML has no use for.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
        case 0x20..<0x7F: true
        default: false
        }
    }

    /// One character.
    static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch scalar {
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "&": result += "&amp;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
        default:
            if isInvisible(scalar) {
                result += "[U+\(number(scalar))]"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    /// Controls, and what reorders or hides text.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0xAD, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
            0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default: false
        }
    }

    private static func number(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
