import CLibgit2

/// Object ids as text: 40 lowercase hexadecimal digits and nothing else.
enum ObjectID {
    /// Reads an id; anything but a full lowercase one is refused before libgit2 sees it.
    static func parse(_ hex: String) throws(GitError) -> git_oid {
        let digits = Array(hex.utf8)
        guard digits.count == 40 else { throw refusal(hex) }
        var id = git_oid()
        var failed = false
        withUnsafeMutableBytes(of: &id) { bytes in
            for index in 0..<20 {
                guard let high = value(digits[2 * index]), let low = value(digits[2 * index + 1]) else {
                    failed = true
                    return
                }
                bytes[index] = high << 4 | low
            }
        }
        if failed { throw refusal(hex) }
        return id
    }

    /// The text of an id.
    static func hex(_ id: git_oid) -> String {
        let alphabet = Array("0123456789abcdef".utf8)
        return withUnsafeBytes(of: id) { bytes in
            String(
                decoding: bytes.prefix(20).flatMap { [alphabet[Int($0 >> 4)], alphabet[Int($0 & 15)]] }, as: UTF8.self)
        }
    }

    /// The text of an id that libgit2 lends, or an empty one.
    static func hex(_ id: UnsafePointer<git_oid>?) -> String {
        id.map { hex($0.pointee) } ?? ""
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func refusal(_ text: String) -> GitError {
        GitError(.invalid, "not a full object id: \(text.prefix(60))")
    }
}
