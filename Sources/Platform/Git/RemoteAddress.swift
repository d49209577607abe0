/// The address of a remote, taken apart; only what is known to be harmless comes through.
struct RemoteAddress: Sendable, Equatable {
    /// How the remote is reached.
    enum Scheme: Sendable, Equatable {
        case file, http, https, ssh
    }

    let url: String
    let scheme: Scheme
    /// Lowercase, empty for files.
    let host: String
    let port: Int
    /// The user in an SSH address.
    let user: String?

    /// Reads `/path`, `file:///path`, `http(s)://host[:port]/path`, `ssh://[user@]host[:port]/path` and
    /// `[user@]host:path`.
    init(_ url: String) throws(GitError) {
        guard !url.isEmpty, url.utf8.count <= 4096, url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw GitError(.invalid, "a git address is 1 to 4096 characters without spaces or control characters")
        }
        if url.hasPrefix("/") {
            self.init(url: url, scheme: .file, host: "", port: 0, user: nil)
        } else if let mark = url.firstRange(of: "://") {
            self = try Self.parse(
                url, scheme: url[..<mark.lowerBound].lowercased(), rest: url[mark.upperBound...])
        } else {
            self = try Self.parseSCP(url)
        }
    }

    private init(url: String, scheme: Scheme, host: String, port: Int, user: String?) {
        self.url = url
        self.scheme = scheme
        self.host = host
        self.port = port
        self.user = user
    }

    private static func parse(
        _ url: String, scheme name: String, rest: Substring
    ) throws(GitError) -> RemoteAddress {
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        let path = rest[slash...]
        switch name {
        case "file":
            guard authority.isEmpty, path.utf8.count > 1 else { throw GitError(.invalid, "write file:///path") }
            return RemoteAddress(url: url, scheme: .file, host: "", port: 0, user: nil)
        case "http", "https":
            guard !authority.contains("@") else {
                throw GitError(.invalid, "credentials do not belong in the address of a repository")
            }
            let (host, port) = try endpoint(authority, defaultPort: name == "http" ? 80 : 443)
            return RemoteAddress(
                url: url, scheme: name == "http" ? .http : .https, host: host, port: port, user: nil)
        case "ssh":
            try checkCommand(path)
            return try ssh(url, authority: authority)
        default:
            throw GitError(.invalid, "git addresses start with /, file, http, https or ssh, not \(name.prefix(20))")
        }
    }

    private static func parseSCP(_ url: String) throws(GitError) -> RemoteAddress {
        guard let colon = url.firstIndex(of: ":"), !url[..<colon].contains("/"), url.index(after: colon) < url.endIndex
        else { throw GitError(.invalid, "not a git address: write an absolute path, a URL, or user@host:path") }
        try checkCommand(url[colon...])
        return try ssh(url, authority: url[..<colon])
    }

    private static func ssh(_ url: String, authority: Substring) throws(GitError) -> RemoteAddress {
        let parts = authority.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let user = parts.count == 2 ? try user(parts[0]) : nil
        let (host, port) = try endpoint(parts[parts.count - 1], defaultPort: 22)
        return RemoteAddress(url: url, scheme: .ssh, host: host, port: port, user: user)
    }

    private static func user(_ text: Substring) throws(GitError) -> String {
        guard !text.contains(":") else {
            throw GitError(.invalid, "credentials do not belong in the address of a repository")
        }
        guard !text.isEmpty else { throw GitError(.invalid, "the user before @ is missing") }
        return String(text)
    }

    private static func endpoint(_ text: Substring, defaultPort: Int) throws(GitError) -> (String, Int) {
        var name = text
        var port = defaultPort
        let search = text.hasPrefix("[") ? text.firstIndex(of: "]").map { text[$0...] } ?? "" : text
        if let colon = search.lastIndex(of: ":") {
            guard let number = Int(text[text.index(after: colon)...]), 1...65535 ~= number else {
                throw GitError(.invalid, "a port is a number from 1 to 65535")
            }
            port = number
            name = text[..<colon]
        }
        if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
        guard !name.isEmpty, name.utf8.allSatisfy(isHostCharacter), !name.hasPrefix("-") else {
            throw GitError(.invalid, "the address of the repository names no host")
        }
        return (name.lowercased(), port)
    }

    private static func isHostCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":")].contains(byte)
        }
    }

    /// libgit2 puts the path between single quotes for the server's shell without escaping it.
    private static func checkCommand(_ path: Substring) throws(GitError) {
        guard !path.isEmpty, !path.contains("'"), !path.contains("\\") else {
            throw GitError(.invalid, "the path of an SSH address may not hold a quote or a backslash")
        }
    }
}
