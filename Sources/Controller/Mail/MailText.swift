import Foundation

/// A plain text mail in the form in which it is sent: ASCII only, lines of at most 78 characters, whatever is in it.
struct MailText: Sendable {
    /// Headers in their order. Values need no care: they become one line, and other letters than ASCII are encoded.
    var headers: [(name: String, value: String)]
    /// The text.
    var body: String

    /// Headers, an empty line, and the body; lines end with CR and LF.
    var bytes: [UInt8] {
        var lines = headers.map { Self.header($0.name, $0.value) }
        lines += [
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable", "", Self.quotedPrintable(body),
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    /// A header; a long or foreign value as encoded words (RFC 2047), each on a line of its own.
    static func header(_ name: String, _ value: String) -> String {
        let value = PlainLine(value, limit: 1000).description
        let isPlain = value.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !value.contains("=?")
        if isPlain, name.utf8.count + 2 + value.utf8.count <= 78 { return "\(name): \(value)" }
        // Addresses and identifiers are longer words at worst: they may be folded, never encoded.
        if isPlain, !value.contains("  "), value.split(separator: " ").allSatisfy({ $0.utf8.count <= 900 }),
            name != "Subject"
        {
            return fold(name, value)
        }
        var words: [String] = []
        var bytes: [UInt8] = []
        for scalar in value.unicodeScalars {
            let next = Array(String(scalar).utf8)
            // 45 bytes are 60 letters, and 72 with what stands around them.
            if bytes.count + next.count > 42 {
                words.append(encodedWord(bytes))
                bytes = []
            }
            bytes += next
        }
        words.append(encodedWord(bytes))
        return "\(name): \(words.joined(separator: "\r\n "))"
    }

    private static func encodedWord(_ bytes: [UInt8]) -> String { "=?utf-8?B?\(Data(bytes).base64EncodedString())?=" }

    private static func fold(_ name: String, _ value: String) -> String {
        var lines = ["\(name):"]
        for word in value.split(separator: " ") {
            let isFull = lines[lines.count - 1].utf8.count + 1 + word.utf8.count > 78
            if isFull, lines[lines.count - 1] != "\(name):" {
                lines.append(" \(word)")
            } else {
                lines[lines.count - 1] += " \(word)"
            }
        }
        return lines.joined(separator: "\r\n")
    }

    /// RFC 2045, 6.7. What could be taken for the end of the mail or changed on the way is encoded as well.
    static func quotedPrintable(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var result = ""
            var column = 0
            let bytes = Array(line.utf8)
            for (index, byte) in bytes.enumerated() {
                let isBlank = byte == 0x20 || byte == 0x09
                let isLast = index == bytes.count - 1
                let isPlain = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=") || isBlank && !isLast
                // Lines that begin with a dot or with "From " have a meaning to old programs.
                let isSafe = isPlain && !(column == 0 && (byte == UInt8(ascii: ".") || byte == UInt8(ascii: "F")))
                let piece = isSafe ? String(UnicodeScalar(byte)) : Self.hex(byte)
                if column + piece.utf8.count > 75 {
                    result += "=\r\n"
                    column = 0
                }
                result += piece
                column += piece.utf8.count
            }
            return result
        }.joined(separator: "\r\n")
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count == 1 ? "=0\(digits)" : "=\(digits)"
    }

    /// A date as mails have it, in UTC.
    static func date(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, d MMM yyyy HH:mm:ss '+0000'"
        return formatter.string(from: date)
    }
}
