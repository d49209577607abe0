import Foundation

/// What all payloads have in common: their bounds, and the checks of what is copied out of them.
enum Payload {
    /// GitHub caps payloads at 25 MB.
    static let maximumBytes = 25 << 20
    /// Bytes of a message that are kept; nobody reads further on a page of builds.
    static let maximumMessage = 64 << 10
    /// Bytes of a name or address that are kept.
    static let maximumName = 256

    static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws(PayloadError) -> Value {
        guard bytes.count <= maximumBytes else { throw PayloadError("more than \(maximumBytes >> 20) MiB") }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw PayloadError(error)
        } catch {
            throw PayloadError("not JSON")
        }
    }

    /// Lower-case hexadecimal, 40 digits; zeros are GitHub's word for "nothing".
    static func commit(_ text: String, key: String) throws(PayloadError) -> String {
        let isHex = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard text.utf8.count == 40, isHex else { throw PayloadError(key: key, "not a commit id") }
        guard !isZero(text) else { throw PayloadError(key: key, "a commit id of zeros") }
        return text
    }

    static func isZero(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy { $0 == 0x30 } }

    /// git's rules for names of references, as far as they keep a name from meaning something else.
    static func reference(_ text: String, key: String) throws(PayloadError) -> GitRef {
        let bytes = text.utf8
        let isClean = bytes.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"~^:?*[\\".utf8.contains($0) }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let areClean = parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }
        guard text.hasPrefix("refs/"), bytes.count <= 1024, isClean, areClean, !text.contains(".."),
            !text.contains("@{"), !text.hasSuffix(".")
        else { throw PayloadError(key: key, "not a reference name") }
        return GitRef(text)
    }

    /// A short word that a sentence may repeat; `nil` for anything else.
    static func word(_ text: String) -> String? {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
    }

    /// The text, cut to a number of bytes at the border of a character.
    static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var result = Substring(String(decoding: text.utf8.prefix(limit), as: UTF8.self))
        while result.utf8.count > limit - 3 || result.last == "\u{FFFD}" { result.removeLast() }
        return result + "…"
    }
}
