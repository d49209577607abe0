import Foundation

/// Where GitHub keeps pictures. Only such an address is asked: a picture's address comes from outside, and a request to
/// whatever stands there would reach what only this server can.
struct AvatarAddress {
    private let scheme: String
    private let host: String
    private let port: Int?

    /// - Parameter gitHubURL: where this GitHub serves pages.
    init?(gitHubURL: String) {
        guard let parts = URLComponents(string: gitHubURL), let scheme = parts.scheme?.lowercased(),
            scheme == "https" || scheme == "http", let host = parts.host?.lowercased(), !host.isEmpty
        else { return nil }
        self.scheme = scheme
        self.host = host
        port = parts.port
    }

    /// The address of a small version of the picture; `nil` when it is not one of GitHub's.
    func small(_ address: String) -> String? {
        guard address.utf8.count <= 1000, var parts = URLComponents(string: address),
            parts.scheme?.lowercased() == scheme, parts.user == nil, parts.password == nil, let name = parts.host,
            isOurs(name.lowercased(), parts.port)
        else { return nil }
        parts.fragment = nil
        parts.queryItems = (parts.queryItems ?? []).filter { $0.name != "s" } + [URLQueryItem(name: "s", value: "64")]
        return parts.string
    }

    /// The pages' own address (an enterprise server without subdomains), its subdomain for pictures, and for github.com
    /// the hosts that its API names.
    private func isOurs(_ name: String, _ namedPort: Int?) -> Bool {
        if name == host { return namedPort == port }
        guard namedPort == nil else { return false }
        if name == "avatars.\(host)" { return port == nil }
        let digits =
            name.hasSuffix(Self.suffix) && name.hasPrefix("avatars")
            ? name.dropFirst(7).dropLast(Self.suffix.count) : "x"
        return host == "github.com" && digits.utf8.count <= 2 && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static let suffix = ".githubusercontent.com"
}
