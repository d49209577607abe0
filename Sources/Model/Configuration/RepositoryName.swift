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
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isOwner(parts[0]), Self.isName(parts[1]) else { return nil }
        owner = String(parts[0])
        name = String(parts[1])
    }

    /// The form used in keys, folders and image names: lower case.
    public var key: String { description.lowercased() }

    public var description: String { "\(owner)/\(name)" }

    public static func == (left: Self, right: Self) -> Bool { left.key == right.key }
    public static func < (left: Self, right: Self) -> Bool { left.key < right.key }
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }

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
    private static func isOwner(_ text: some StringProtocol) -> Bool {
        guard (1...39).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "-") else { return false }
        guard text.utf8.first != UInt8(ascii: "_") else { return false }
        return text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isName(_ text: some StringProtocol) -> Bool {
        guard (1...100).contains(text.utf8.count), text != ".", text != ".." else { return false }
        guard !text.lowercased().hasSuffix(".git") else { return false }
        return text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
