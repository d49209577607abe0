/// The login of an account on GitHub, by the rules that GitHub has for one: it stands in addresses that we ask.
public struct AccountName: Sendable, Hashable, Codable, CustomStringConvertible {
    /// As GitHub writes it; the case of letters does not tell accounts apart.
    public let description: String

    /// `nil` for what no account can be called. Apps act as `name[bot]`, and accounts that a company manages have an
    /// underscore.
    public init?(_ text: String) {
        var name = text[...]
        if name.hasSuffix("[bot]") { name.removeLast(5) }
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard (1...100).contains(name.utf8.count), isName else { return nil }
        description = text
    }
}
