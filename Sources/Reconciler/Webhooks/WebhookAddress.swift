import Model

/// The addresses that GitHub sends deliveries to, and how ours are known among those of others.
public enum WebhookAddress {
    private static let marker = "/_hooks/"

    private static let query = "rotation="

    /// `<external URL>/_hooks/<owner>/<repository>/<hook>`, and `?rotation=2` and so on after a rotation: GitHub never
    /// shows a secret, so the address tells which one it is when the database is lost. Whoever receives deliveries
    /// need not look at it.
    public static func url(
        externalURL: String, repository: RepositoryName, hook: HookID, generation: Int = 1
    ) -> String {
        rotated(trimmed(externalURL) + marker + "\(repository)/\(hook)", generation)
    }

    /// An address with the generation of its secret.
    public static func rotated(_ url: String, _ generation: Int) -> String {
        generation > 1 ? "\(url)?\(query)\(generation)" : url
    }

    /// The generation of the secret that an address speaks of; 1 when it says nothing.
    public static func generation(of url: String) -> Int {
        guard let mark = url.firstRange(of: "?\(query)"), let number = Int(url[mark.upperBound...]), number > 1
        else { return 1 }
        return min(number, 1_000_000)
    }

    /// What an address names, lower case: `<owner>/<repository>/<hook>` if it is one that `url` makes.
    ///
    /// - Returns: `nil` for an address that is not under the external URL.
    public static func name(of url: String, externalURL: String) -> String? {
        let prefix = normalized(trimmed(externalURL)) + marker
        let address = normalized(url)
        guard address.hasPrefix(prefix) else { return nil }
        return name(address.dropFirst(prefix.count))
    }

    /// The same for an address under any external URL: where the server was reached before.
    static func name(ofFormer url: String) -> String? {
        guard let position = normalized(url).ranges(of: marker).last else { return nil }
        let name = name(normalized(url)[position.upperBound...])
        return name.split(separator: "/", omittingEmptySubsequences: false).count == 3 ? name : nil
    }

    /// Whether both addresses reach the same hook of the same server.
    public static func areSame(_ left: String, _ right: String) -> Bool {
        guard let left = parts(left), let right = parts(right) else { return false }
        return left == right
    }

    private static func parts(_ url: String) -> [String]? {
        let address = normalized(url)
        guard let position = address.ranges(of: marker).last else { return nil }
        return [String(address[..<position.lowerBound]), name(address[position.upperBound...])]
    }

    /// GitHub's names are the same in capital and small letters.
    private static func name(_ rest: some StringProtocol) -> String {
        var name = rest.lowercased()
        while name.last == "/" { name.removeLast() }
        return name
    }

    /// Without query and fragment; scheme and host in small letters, the rest as it is.
    private static func normalized(_ url: String) -> String {
        let bytes = url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let address = url[..<bytes.endIndex]
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
            return String(address)
        }
        let rest = bytes[bytes.index(colon, offsetBy: 3)...]
        let path = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        return address[..<path].lowercased() + address[path...]
    }

    private static func trimmed(_ url: String) -> String {
        var url = url[...]
        while url.last == "/" { url.removeLast() }
        return String(url)
    }
}
