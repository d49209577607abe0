import Foundation
import Git
import Model

extension ControllerConfiguration {
    /// The admin repository's name, when it is on the GitHub that is administered: over HTTP or SSH.
    public var adminRepositoryName: RepositoryName? {
        let url = adminRepository.url
        let prefix = gitHubURL + "/"
        if url.lowercased().hasPrefix(prefix.lowercased()) { return Self.name(url.dropFirst(prefix.count)) }
        guard let host = URL(string: gitHubURL)?.host()?.lowercased() else { return nil }
        if url.hasPrefix("ssh://") {
            guard let ssh = URL(string: url), ssh.host()?.lowercased() == host else { return nil }
            return Self.name(ssh.path().drop { $0 == "/" })
        }
        // git@github.com:owner/name.git
        guard !url.contains("://"), let colon = url.firstIndex(of: ":"), let at = url[..<colon].firstIndex(of: "@"),
            url[url.index(after: at)..<colon].lowercased() == host
        else { return nil }
        return Self.name(url[url.index(after: colon)...].drop { $0 == "/" })
    }

    /// Where GitHub sends what happens in the admin repository. Not among the addresses of projects' webhooks, so that
    /// a project that is also the admin repository keeps both.
    func adminWebhookURL(_ repository: RepositoryName) -> String { "\(externalURL)/_config/\(repository)" }

    private static func name(_ path: Substring) -> RepositoryName? {
        var path = path
        while path.last == "/" { path.removeLast() }
        return RepositoryName(path.hasSuffix(".git") ? path.dropLast(4) : path)
    }
}
