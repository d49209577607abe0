import FoundationEssentials

/// The text of a `known_hosts` file as OpenSSH writes it, with patterns, ports, hashed names and revoked keys.
struct KnownHosts: Sendable {
    /// What the file says about a key.
    enum Verdict: Sendable, Equatable {
        case trusted
        /// Marked `@revoked`.
        case revoked
        /// Another key of the same type is listed.
        case changed
        /// Only keys of these other types are listed.
        case otherTypes([String])
        /// The host is not listed.
        case unknown
    }

    private struct Line {
        let isRevoked: Bool
        let hosts: Substring
        let type: String
        let key: [UInt8]
    }

    private let lines: [Line]

    /// Reads the first mebibyte; lines that make no sense, and certificate authorities, are passed over as `ssh` does.
    init(_ text: String) {
        lines = text.prefix(1 << 20).split(whereSeparator: \.isNewline).compactMap { line in
            var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let first = words.first, !first.hasPrefix("#") else { return nil }
            if first.hasPrefix("@") {
                guard first == "@revoked" else { return nil }
                words.removeFirst()
            }
            guard words.count >= 3, let key = Data(base64Encoded: String(words[2])) else { return nil }
            return Line(isRevoked: first == "@revoked", hosts: words[0], type: String(words[1]), key: [UInt8](key))
        }
    }

    /// Judges the key that a server showed; `key` is the blob whose first string is the key's type.
    func check(host: String, port: Int, key: [UInt8]) -> Verdict {
        let name = Self.name(host: host, port: port)
        let type = Self.type(of: key)
        let listed = lines.filter { Self.matches($0.hosts, name) }
        if listed.contains(where: { $0.isRevoked && $0.key == key }) { return .revoked }
        let accepted = listed.filter { !$0.isRevoked }
        if accepted.contains(where: { $0.key == key }) { return .trusted }
        if accepted.contains(where: { $0.type == type }) { return .changed }
        return accepted.isEmpty ? .unknown : .otherTypes(Set(accepted.map(\.type)).sorted())
    }

    /// How the file names a host.
    static func name(host: String, port: Int) -> String {
        port == 22 ? host.lowercased() : "[\(host.lowercased())]:\(port)"
    }

    /// The type that a key blob declares, such as `ssh-ed25519`.
    static func type(of key: [UInt8]) -> String {
        guard key.count >= 4 else { return "" }
        let length = key[..<4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= min(64, key.count - 4) else { return "" }
        return String(decoding: key[4..<4 + length], as: UTF8.self)
    }

    private static func matches(_ hosts: Substring, _ name: String) -> Bool {
        if hosts.hasPrefix("|1|") {
            let parts = hosts.split(separator: "|")
            guard parts.count == 3, let salt = Data(base64Encoded: String(parts[1])),
                let hash = Data(base64Encoded: String(parts[2]))
            else { return false }
            return SHA1.hmac(key: [UInt8](salt), Array(name.utf8)) == [UInt8](hash)
        }
        var found = false
        for pattern in hosts.split(separator: ",") {
            if pattern.hasPrefix("!") {
                if glob(Array(pattern.dropFirst().lowercased().utf8), Array(name.utf8)) { return false }
            } else if glob(Array(pattern.lowercased().utf8), Array(name.utf8)) {
                found = true
            }
        }
        return found
    }

    /// `*` and `?`; goes back to the last star only, so it takes no more than pattern times name steps.
    private static func glob(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var (p, n) = (0, 0)
        var star: (pattern: Int, name: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p, n)
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == name[n] {
                p += 1
                n += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                (p, n) = (last.pattern + 1, last.name + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
