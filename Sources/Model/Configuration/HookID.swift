/// The identifier of a hook, unique within its project: `[a-z0-9][a-z0-9-]*`, at most 64 characters.
public struct HookID: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// The identifier's text.
    public let description: String

    /// `nil` when the text does not have the form of an identifier.
    public init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        guard (1...64).contains(bytes.count), bytes.first != UInt8(ascii: "-") else { return nil }
        let allowed = bytes.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard allowed else { return nil }
        description = String(text)
    }

    /// What stands in a hook's place in deliveries that are about the admin repository; no hook can be called so.
    public static let adminRepository = HookID(reserved: "_config")

    /// The same for deliveries of an organization's webhook, or of a GitHub App's.
    public static let account = HookID(reserved: "_events")

    /// A hook's identifier, or one of those that stand in its place.
    public init?(ofDelivery text: String) {
        if let reserved = [Self.adminRepository, .account].first(where: { $0.description == text }) {
            self = reserved
        } else {
            self.init(text)
        }
    }

    private init(reserved: String) { description = reserved }

    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = HookID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a hook id: \(text)")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
