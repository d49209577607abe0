/// A scalar: its text, how it was written, and what the core schema makes of it.
public struct YAMLScalar: Sendable, Hashable {
    /// The text, escapes and folds resolved: `012` stays `012`.
    public var text: String
    /// How it was written.
    public var style: Style
    /// What it means.
    public var value: Value

    /// Memberwise.
    public init(text: String, style: Style, value: Value) {
        self.text = text
        self.style = style
        self.value = value
    }

    /// How a scalar was written.
    public enum Style: Sendable, Hashable {
        case plain, singleQuoted, doubleQuoted
        /// A block after `|`, line breaks kept.
        case literal
        /// A block after `>`, lines joined.
        case folded
    }

    /// The scalars of the core schema.
    public enum Value: Sendable, Hashable {
        case null
        case bool(Bool)
        case int(Int)
        /// Also an integer that does not fit into 64 bits.
        case float(Double)
        case string(String)
    }
}

/// The tag resolution of YAML 1.2's core schema (section 10.3.2): `on`, `yes` and `1_000` are words, `012` is twelve.
enum CoreSchema {
    static func resolve(_ text: String) -> YAMLScalar.Value {
        let bytes = Array(text.utf8)
        guard let first = bytes.first else { return .null }
        switch text {
        case "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        // Most scalars are words: one look at the first byte decides that.
        guard (0x30...0x39).contains(first) || [0x2B, 0x2D, 0x2E].contains(first) else { return .string(text) }
        return integer(bytes) ?? float(bytes, text) ?? .string(text)
    }

    static func integer(_ bytes: [UInt8]) -> YAMLScalar.Value? {
        if bytes.starts(with: Array("0o".utf8)) { return prefixed(bytes.dropFirst(2), radix: 8) }
        if bytes.starts(with: Array("0x".utf8)) { return prefixed(bytes.dropFirst(2), radix: 16) }
        let digits = bytes.drop { $0 == 0x2B || $0 == 0x2D }
        guard !digits.isEmpty, bytes.count - digits.count <= 1, digits.allSatisfy(isDigit) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return Int(text).map { .int($0) } ?? Double(text).map { .float($0) }
    }

    private static func prefixed(_ digits: ArraySlice<UInt8>, radix: Int) -> YAMLScalar.Value? {
        let allowed = digits.allSatisfy { byte in
            radix == 8 ? (0x30...0x37).contains(byte) : isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
        }
        guard allowed, !digits.isEmpty else { return nil }
        if let value = Int(String(decoding: digits, as: UTF8.self), radix: radix) { return .int(value) }
        var value = 0.0
        for digit in digits {
            value = value * Double(radix) + Double(isDigit(digit) ? digit - 0x30 : (digit | 0x20) - 0x61 + 10)
        }
        return .float(value)
    }

    static func float(_ bytes: [UInt8], _ text: String) -> YAMLScalar.Value? {
        var rest = bytes[...]
        var sign = 1.0
        if rest.first == 0x2B || rest.first == 0x2D {
            sign = rest.removeFirst() == 0x2D ? -1 : 1
        }
        switch String(decoding: rest, as: UTF8.self) {
        case ".inf", ".Inf", ".INF": return .float(sign * .infinity)
        case ".nan", ".NaN", ".NAN": return rest.count == bytes.count ? .float(.nan) : nil
        default: break
        }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        if rest.first == 0x2E {
            rest = rest.dropFirst()
            let fraction = rest.prefix(while: isDigit)
            guard !whole.isEmpty || !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(fraction.count)
        } else if whole.isEmpty {
            return nil
        }
        if let exponent = rest.first, exponent | 0x20 == 0x65 {
            rest = rest.dropFirst()
            if rest.first == 0x2B || rest.first == 0x2D { rest = rest.dropFirst() }
            guard !rest.isEmpty, rest.allSatisfy(isDigit) else { return nil }
            rest = []
        }
        guard rest.isEmpty else { return nil }
        return Double(text).map { .float($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
