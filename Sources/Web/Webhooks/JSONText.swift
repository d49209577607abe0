/// Looks whether bytes are JSON (RFC 8259), without making anything of them: payloads have up to 25 MB, and what they
/// say is read later.
struct JSONText {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    /// Deeper than any payload; the reader that comes later has a limit too.
    private static let maximumDepth = 256

    private struct Mistake: Error {}

    /// Whether they are one object, with nothing but white space around it.
    static func isObject(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            var text = JSONText(bytes: buffer)
            do {
                text.skipSpace()
                guard text.peek == UInt8(ascii: "{") else { return false }
                try text.value(depth: 0)
                return text.index == buffer.count && String(validating: buffer, as: UTF8.self) != nil
            } catch {
                return false
            }
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) throws(Mistake) {
        guard peek == byte else { throw Mistake() }
        index += 1
    }

    /// A value and the space after it.
    private mutating func value(depth: Int) throws(Mistake) {
        guard depth < Self.maximumDepth else { throw Mistake() }
        switch peek {
        case UInt8(ascii: "{"):
            try list(until: UInt8(ascii: "}")) { text throws(Mistake) in
                try text.string()
                text.skipSpace()
                try text.take(UInt8(ascii: ":"))
                text.skipSpace()
                try text.value(depth: depth + 1)
            }
        case UInt8(ascii: "["):
            try list(until: UInt8(ascii: "]")) { text throws(Mistake) in try text.value(depth: depth + 1) }
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
        skipSpace()
    }

    private mutating func list(
        until end: UInt8, _ element: (inout JSONText) throws(Mistake) -> Void
    ) throws(Mistake) {
        index += 1
        skipSpace()
        if peek != end {
            try element(&self)
            while peek == UInt8(ascii: ",") {
                index += 1
                skipSpace()
                try element(&self)
            }
        }
        try take(end)
    }

    private mutating func string() throws(Mistake) {
        try take(UInt8(ascii: "\""))
        while index < bytes.count {
            skipPlain()
            guard index < bytes.count else { break }
            let byte = bytes[index]
            index += 1
            switch byte {
            case 0x22: return
            case 0x5C: try escape()
            case ..<0x20: throw Mistake()
            default: continue
            }
        }
        throw Mistake()
    }

    /// Goes on to the next byte that ends or changes a string: eight bytes at a time, because payloads are mostly
    /// strings. The last few bytes are left to the caller.
    private mutating func skipPlain() {
        guard let base = UnsafeRawPointer(bytes.baseAddress) else { return }
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            // The highest bit of a byte tells that it is below 0x20, a quotation mark or a backslash. A carry can make it
            // tell so of bytes after the first one as well, which does not matter.
            let quotes = word ^ 0x2222_2222_2222_2222
            let escapes = word ^ 0x5C5C_5C5C_5C5C_5C5C
            let found =
                ((word &- 0x2020_2020_2020_2020) & ~word) | ((quotes &- 0x0101_0101_0101_0101) & ~quotes)
                | ((escapes &- 0x0101_0101_0101_0101) & ~escapes)
            let marks = found & 0x8080_8080_8080_8080
            if marks != 0 {
                index += marks.trailingZeroBitCount / 8
                return
            }
            index += 8
        }
    }

    private mutating func escape() throws(Mistake) {
        guard let byte = peek else { throw Mistake() }
        index += 1
        if byte == UInt8(ascii: "u") {
            for _ in 0..<4 {
                guard let digit = peek, Self.isHexadecimal(digit) else { throw Mistake() }
                index += 1
            }
        } else if !"\"\\/bfnrt".utf8.contains(byte) {
            throw Mistake()
        }
    }

    private mutating func word(_ word: StaticString) throws(Mistake) {
        for offset in 0..<word.utf8CodeUnitCount { try take(word.utf8Start[offset]) }
    }

    private mutating func number() throws(Mistake) {
        if peek == UInt8(ascii: "-") { index += 1 }
        if peek == UInt8(ascii: "0") { index += 1 } else { try digits() }
        if peek == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            index += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(Mistake) {
        let start = index
        while let byte = peek, (0x30...0x39).contains(byte) { index += 1 }
        guard index > start else { throw Mistake() }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
