import Foundation

/// The SSH key of the account that runs the server: `~/.ssh/id_ed25519` with `~/.ssh/known_hosts`, where git looks.
struct AccountKey {
    var user: String
    var privateKey: String
    var knownHosts: String

    /// `nil` unless the address is an SSH one (`ssh://…` or `user@host:path`) and there is a key.
    static func find(for url: String, home: String = NSHomeDirectory()) -> AccountKey? {
        let isURL = url.hasPrefix("ssh://")
        let rest = isURL ? url.dropFirst(6) : url[...]
        guard isURL || (!url.contains("://") && url.contains(":") && !url.hasPrefix("/") && !url.hasPrefix(".")) else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" && (isURL || $0 != ":") }
        let user = authority.contains("@") ? String(authority.prefix { $0 != "@" }) : "git"
        guard let key = read("\(home)/.ssh/id_ed25519") else { return nil }
        return AccountKey(user: user, privateKey: key, knownHosts: read("\(home)/.ssh/known_hosts") ?? "")
    }

    private static func read(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20 else { return nil }
        return String(decoding: data, as: UTF8.self)
    }
}
