import Glibc

/// The proxies that are believed when they say for whom they ask. Anybody else could write anything into
/// `X-Forwarded-For`, and be somebody else with each request.
public struct TrustedProxies: Sendable, Hashable {
    private struct Network: Sendable, Hashable {
        var bytes: [UInt8]
        var bits: Int

        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            return bytes.indices.allSatisfy { index in
                let kept = min(8, max(0, bits - index * 8))
                let mask = UInt8(truncatingIfNeeded: 0xFF00 >> kept)
                return bytes[index] & mask == address[index] & mask
            }
        }
    }

    private var networks: [Network] = []

    /// A proxy on this machine.
    public static let loopback: TrustedProxies = {
        var proxies = TrustedProxies()
        for text in ["127.0.0.0/8", "::1"] { _ = proxies.add(text) }
        return proxies
    }()

    private init() {}

    /// Adds an address, or a network such as `10.1.0.0/16`; answers whether it is one.
    public mutating func add(_ text: String) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let bytes = Self.bytes(String(first)) else { return false }
        var bits = bytes.count * 8
        if parts.count == 2 {
            guard let given = Int(parts[1]), (0...bits).contains(given), !parts[1].hasPrefix("+") else { return false }
            bits = given
        }
        networks.append(Network(bytes: bytes, bits: bits))
        return true
    }

    /// Who asks: whoever is at the other end of the connection, or, when that is one of the proxies, the last one in its
    /// list that is none.
    ///
    /// - Parameter forwarded: the values of `X-Forwarded-For`, in their order.
    func caller(peer: String, forwarded: [String]) -> String {
        guard contains(peer) else { return peer }
        var caller = peer
        for name in forwarded.flatMap({ $0.split(separator: ",") }).reversed() {
            let trimmed = name.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            guard !trimmed.isEmpty else { continue }
            caller = Self.withoutPort(String(trimmed.prefix(64)))
            guard contains(caller) else { return caller }
        }
        return caller
    }

    private func contains(_ address: String) -> Bool {
        guard let bytes = Self.bytes(address) else { return false }
        return networks.contains { $0.contains(bytes) }
    }

    /// `192.0.2.1:443` and `[2001:db8::1]:443`, as some proxies write it.
    private static func withoutPort(_ text: String) -> String {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            return String(text[text.index(after: text.startIndex)..<end])
        }
        guard let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon else { return text }
        return String(text[..<colon])
    }

    /// Four bytes or sixteen; an IPv4 address that is written as an IPv6 one is the IPv4 address.
    private static func bytes(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var sixteen = in6_addr()
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &sixteen) { Array($0) }
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes.suffix(4)) : bytes
    }
}
