import Foundation

/// The byte strings that give a secret away: the values themselves, and the forms in which tools print them.
struct SecretPatterns: Equatable {
    /// Shorter ones stand in every log by chance; to mask them would garble it and tell what they are.
    static let shortest = 4
    /// Lines of a value of several lines are masked from this length on.
    private static let shortestLine = 8
    /// The forms of all values together; beyond it only the values themselves are masked.
    private static let mostBytes = 1 << 20

    /// Each of them once, in no order that matters; those that are looked for as they stand.
    private(set) var plain: Set<[UInt8]> = []
    /// Those in base64, which are looked for across line ends.
    private(set) var encoded: Set<[UInt8]> = []
    /// Those of the plain ones that are looked for as well in the output as it is when percent-encoding in it is decoded.
    private(set) var percentDecoded: Set<[UInt8]> = []
    /// The names of the secrets that are too short to be masked, sorted.
    private(set) var unmasked: [String] = []

    /// - Parameter secrets: values by variable name.
    init(_ secrets: [String: String]) {
        let values = secrets.sorted { $0.key < $1.key }.map { ($0.key, Array($0.value.utf8)) }
        for (name, value) in values {
            if value.count < Self.shortest { unmasked.append(name) } else { plain.insert(value) }
        }
        var budget = Self.mostBytes
        for (_, value) in values where value.count >= Self.shortest {
            for form in Self.forms(value) where form.count >= Self.shortest && !plain.contains(form) {
                budget -= form.count
                guard budget >= 0 else { return }
                plain.insert(form)
            }
            for form in Self.encodedForms(value) where form.count >= Self.shortest && !encoded.contains(form) {
                budget -= form.count
                guard budget >= 0 else { return }
                encoded.insert(form)
            }
            for form in Self.percentDecodedForms(value)
            where form.count >= Self.shortest && !percentDecoded.contains(form) {
                budget -= form.count
                guard budget >= 0 else { return }
                percentDecoded.insert(form)
            }
        }
    }

    private static func forms(_ value: [UInt8]) -> [[UInt8]] {
        percentDecodedForms(value) + withoutLineEnd(value).flatMap(escaped)
    }

    private static func encodedForms(_ value: [UInt8]) -> [[UInt8]] { withoutLineEnd(value).flatMap(base64) }

    /// The value, and the value without the line end that a file or `echo` gave it.
    private static func withoutLineEnd(_ value: [UInt8]) -> Set<[UInt8]> {
        var trimmed = value
        while let last = trimmed.last, SecretSearch.isLineEnd(last) { trimmed.removeLast() }
        return [value, trimmed]
    }

    /// `set -x`, a debugger or an indentation print the lines of a key one by one.
    private static func lines(_ value: [UInt8]) -> [[UInt8]] {
        guard value.contains(UInt8(ascii: "\n")) else { return [] }
        return value.split(separator: UInt8(ascii: "\n")).map { line in
            let isSpace: (UInt8) -> Bool = { $0 <= 0x20 }
            return Array(line.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
        }.filter { $0.count >= shortestLine }
    }

    /// The value may stand anywhere in what is encoded (`user:token`), so at each of three offsets: the characters that
    /// depend on the value alone.
    private static func base64(_ value: [UInt8]) -> [[UInt8]] {
        // Of line ends only, nothing is left without them.
        guard !value.isEmpty else { return [] }
        var forms: [[UInt8]] = []
        for offset in 0..<3 {
            let text = Array(Data([UInt8](repeating: 0, count: offset) + value).base64EncodedData())
            let end = (offset + value.count) * 8 / 6
            forms.append(Array(text[(offset == 0 ? 0 : offset + 1)..<end]))
        }
        // Broken lines are found as one, unless each was indented: then they are looked for one by one.
        for width in [64, 76] where forms[0].count > width {
            let starts = stride(from: 0, to: forms[0].count, by: width)
            forms += starts.map { Array(forms[0][$0..<min($0 + width, forms[0].count)]) }
                .filter { $0.count >= shortestLine }
        }
        return forms
            + forms.map { form in
                form.map { byte in
                    switch byte {
                    case UInt8(ascii: "+"): UInt8(ascii: "-")
                    case UInt8(ascii: "/"): UInt8(ascii: "_")
                    default: byte
                    }
                }
            }
    }

    /// Encoders differ in what they spare, which is no matter where the output is decoded; some write a plus sign for a
    /// space, and one that spares percent signs may leave something that looks encoded.
    private static func percentDecodedForms(_ value: [UInt8]) -> [[UInt8]] {
        let space = UInt8(ascii: " ")
        return lines(value)
            + withoutLineEnd(value).flatMap { value in
                [value, value.map { $0 == space ? UInt8(ascii: "+") : $0 }, PercentReader.decoded(value)]
            }
    }

    /// As a string in JSON, with and without escaped slashes and non-ASCII characters.
    private static func escaped(_ value: [UInt8]) -> [[UInt8]] {
        let text = String(decoding: value, as: UTF8.self)
        return [(false, false), (true, false), (false, true), (true, true)].map { slashes, isASCII in
            var result = ""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"": result += "\\\""
                case "\\": result += "\\\\"
                case "\n": result += "\\n"
                case "\r": result += "\\r"
                case "\t": result += "\\t"
                case "/" where slashes: result += "\\/"
                default:
                    if scalar.value < 0x20 || isASCII && scalar.value > 0x7E {
                        for unit in String(scalar).utf16 {
                            let digits = String(unit, radix: 16)
                            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                        }
                    } else {
                        result.unicodeScalars.append(scalar)
                    }
                }
            }
            return Array(result.utf8)
        }
    }
}
