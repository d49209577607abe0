import Glibc

/// A range of IPv4 addresses, such as `172.18.0.0/16`.
struct AddressRange: Sendable, Hashable {
    private let network: UInt32
    private let mask: UInt32

    /// - Returns: `nil` for what is none; ranges of IPv6 are not understood.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let length = Int(parts[1]), (1...32).contains(length),
            let address = Self.number(parts[0])
        else { return nil }
        mask = ~0 << UInt32(32 - length)
        network = address & mask
    }

    /// Whether an address lies in it; also one that came through a socket for both kinds (`::ffff:172.18.0.2`).
    func contains(_ address: String) -> Bool {
        let text = address.hasPrefix("::ffff:") ? address.dropFirst(7) : address[...]
        return Self.number(text).map { $0 & mask == network } ?? false
    }

    /// Every request to the server is asked about.
    private static func number(_ text: Substring) -> UInt32? {
        var address = in_addr()
        guard inet_pton(AF_INET, String(text), &address) == 1 else { return nil }
        return UInt32(bigEndian: address.s_addr)
    }
}
