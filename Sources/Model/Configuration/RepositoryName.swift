/// The name of a GitHub repository, `owner/name`.
///
/// Two names are equal when they differ in letter case only, because GitHub treats them so.
public struct RepositoryName: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// The account that owns the repository, as written.
    public let owner: String
    /// The repository's own name, as written.
    public let name: String

    /// Reads `owner/name`; `nil` when the text is not what GitHub accepts as a name.
    public init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let (owner, name) = (text[..<slash], text[bytes.index(after: slash)...])
        guard Self.isOwner(owner.utf8), Self.isName(name.utf8) else { return nil }
        self.owner = String(owner)
        self.name = String(name)
    }

    /// The form used in keys, folders and image names: lower case.
    public var key: String { description.lowercased() }

    public var description: String { "\(owner)/\(name)" }

    // Thousands are compared in a pass over all projects, so no text is made for it.
    public static func == (left: Self, right: Self) -> Bool {
        isSame(left.name, right.name) && isSame(left.owner, right.owner)
    }

    public static func < (left: Self, right: Self) -> Bool { left.key < right.key }

    public func hash(into hasher: inout Hasher) {
        Self.hash(owner, into: &hasher)
        Self.hash(name, into: &hasher)
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).allSatisfy { lowered($0) == lowered($1) }
    }

    /// Eight bytes at a time.
    private static func hash(_ text: String, into hasher: inout Hasher) {
        var word: UInt64 = 0
        var count = 0
        for byte in text.utf8 {
            word = word << 8 | UInt64(lowered(byte))
            count += 1
            if count % 8 == 0 { hasher.combine(word) }
        }
        hasher.combine(word)
        hasher.combine(count)
    }

    /// Names are ASCII.
    private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let name = RepositoryName(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not owner/name: \(text)")
        }
        self = name
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// GitHub's rule for accounts: letters, digits and single hyphens, at most 39; enterprise accounts add `_`.
    private static func isOwner(_ text: some Collection<UInt8>) -> Bool {
        guard (1...39).contains(text.count), text.first != UInt8(ascii: "-") else { return false }
        guard text.first != UInt8(ascii: "_") else { return false }
        return text.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isName(_ text: some Collection<UInt8>) -> Bool {
        guard (1...100).contains(text.count), !text.elementsEqual(".".utf8), !text.elementsEqual("..".utf8) else {
            return false
        }
        guard !text.suffix(4).lazy.map(lowered).elementsEqual(".git".utf8) else { return false }
        return text.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
