import Glibc

/// The network addresses of this machine.
enum MachineAddress {
    /// Whether it is one of them, loopback excepted. Looked up each time: addresses come and go.
    static func isOne(_ text: String) -> Bool {
        guard let wanted = bytes(text), !isLoopback(wanted) else { return false }
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return false }
        defer { freeifaddrs(first) }
        var next = first
        while let entry = next {
            if let address = entry.pointee.ifa_addr, bytes(address) == wanted { return true }
            next = entry.pointee.ifa_next
        }
        return false
    }

    private static func isLoopback(_ bytes: [UInt8]) -> Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// Four bytes or sixteen. An IPv4 address that came through a socket for both kinds (`::ffff:192.0.2.1`) has four; of
    /// one that holds on a single network (`fe80::1%eth0`) that network's name does not count.
    private static func bytes(_ text: String) -> [UInt8]? {
        let plain = text.hasPrefix("::ffff:") ? text.dropFirst(7) : text.prefix { $0 != "%" }
        var four = in_addr()
        if inet_pton(AF_INET, String(plain), &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var sixteen = in6_addr()
        guard inet_pton(AF_INET6, String(plain), &sixteen) == 1 else { return nil }
        return withUnsafeBytes(of: &sixteen) { Array($0) }
    }

    private static func bytes(_ address: UnsafePointer<sockaddr>) -> [UInt8]? {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { Array($0) }
        case AF_INET6:
            return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
        default:
            return nil
        }
    }
}
