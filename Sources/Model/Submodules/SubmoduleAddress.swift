/// Which repository of the same GitHub an address in `.gitmodules` means.
///
/// Nothing but `owner/name` is taken from the address: what is fetched is always the server's own address of that
/// repository, so no other host, no local file, no helper program and no option can be reached with it.
public enum SubmoduleAddress {
    /// - Parameters:
    ///   - address: as `.gitmodules` has it: relative (`../lib.git`), `https://github.com/acme/lib`,
    ///     `git@github.com:acme/lib.git`, or the same with `ssh://`, `git://`.
    ///   - repository: whose `.gitmodules` it is.
    ///   - gitHubURL: where GitHub serves git, without a slash at the end.
    /// - Returns: `nil` for anything else.
    public static func repository(
        _ address: String, in repository: RepositoryName, gitHubURL: String
    ) -> RepositoryName? {
        guard address.utf8.count <= 2048 else { return nil }
        if address.hasPrefix("./") || address.hasPrefix("../") { return relative(address, to: repository) }
        let home = Place(gitHubURL)
        if let mark = address.firstRange(of: "://") {
            let scheme = address[..<mark.lowerBound].lowercased()
            guard ["http", "https", "ssh", "git"].contains(scheme), let place = Place(address), place.host == home?.host
            else { return nil }
            // Another port of the same machine is another server; for SSH it is a matter of taste.
            if scheme.hasPrefix("http"), place.port != home?.port { return nil }
            return name(place.path, below: scheme.hasPrefix("http") ? home?.path ?? "" : "")
        }
        // user@host:path
        guard let colon = address.firstIndex(of: ":"), !address[..<colon].contains("/") else { return nil }
        let host = address[..<colon].split(separator: "@").last.map { $0.lowercased() }
        guard host != nil, host == home?.host else { return nil }
        return name(address[address.index(after: colon)...], below: "")
    }

    private static func relative(_ address: String, to repository: RepositoryName) -> RepositoryName? {
        var parts = [repository.owner, repository.name]
        for part in address.split(separator: "/", omittingEmptySubsequences: true) {
            switch part {
            case ".": continue
            case "..":
                guard !parts.isEmpty else { return nil }
                parts.removeLast()
            default: parts.append(String(part))
            }
        }
        return name(Substring(parts.joined(separator: "/")), below: "")
    }

    private static func name(_ path: Substring, below folder: Substring) -> RepositoryName? {
        var path = path
        if !folder.isEmpty {
            guard path.hasPrefix(folder) else { return nil }
            path = path.dropFirst(folder.count)
        }
        while path.hasPrefix("/") { path.removeFirst() }
        while path.hasSuffix("/") { path.removeLast() }
        if path.lowercased().hasSuffix(".git") { path.removeLast(4) }
        return RepositoryName(path)
    }

    /// The parts of a URL that matter here.
    private struct Place {
        var host: String
        var port: String
        var path: Substring

        init?(_ url: String) {
            guard let mark = url.firstRange(of: "://") else { return nil }
            let rest = url[mark.upperBound...]
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            var authority = rest[..<slash]
            if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
            let parts = authority.split(separator: ":", maxSplits: 1)
            guard let host = parts.first, !host.isEmpty else { return nil }
            self.host = host.lowercased()
            port = parts.count > 1 ? String(parts[1]) : url.lowercased().hasPrefix("http://") ? "80" : "443"
            path = rest[slash...]
        }
    }
}
