import Foundation

/// What `docker login` left behind: `config.json` in `DOCKER_CONFIG` or `~/.docker`.
///
/// Only credentials in the file itself are read. Helper programs (`credsStore`, `credHelpers`) are not run: a pull that
/// is refused says so.
public struct DockerConfigFile: Sendable {
    private var entries: [String: Entry] = [:]
    private var store: String?
    private var helpers: [String: String] = [:]

    /// Reads a file's text.
    public init(_ bytes: [UInt8]) throws(DockerError) {
        let content: Content
        do {
            content = try JSONDecoder().decode(Content.self, from: Data(bytes))
        } catch {
            throw DockerError(.invalid, "Docker's config.json is not as docker login writes it")
        }
        entries = content.auths ?? [:]
        store = content.credsStore?.isEmpty == false ? content.credsStore : nil
        helpers = content.credHelpers ?? [:]
    }

    /// The user's file; without a file there are no credentials, which is fine for public images.
    static func read(environment: [String: String] = ProcessInfo.processInfo.environment) throws(DockerError) -> Self? {
        guard
            let folder = environment["DOCKER_CONFIG"].flatMap({ $0.isEmpty ? nil : $0 })
                ?? environment["HOME"].map({ $0 + "/.docker" })
        else { return nil }
        let path = folder + "/config.json"
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        let limit = 1 << 20
        guard let data = try? file.read(upToCount: limit + 1) else { return nil }
        guard data.count <= limit else { throw DockerError(.invalid, "\(path) is larger than \(limit) bytes") }
        return try Self([UInt8](data))
    }

    /// The credentials for a registry.
    public func auth(registry: String) -> DockerRegistryAuth? {
        for name in names(of: registry) {
            for (key, entry) in entries where Self.host(key) == name {
                if let auth = entry.auth(server: key) { return auth }
            }
        }
        return nil
    }

    /// The helper program that holds the credentials of a registry.
    public func helper(registry: String) -> String? {
        names(of: registry).compactMap { helpers[$0] }.first ?? store
    }

    /// The hub has gone by several names.
    private func names(of registry: String) -> [String] {
        registry == DockerImageReference.hub ? ["index.docker.io", "docker.io", "registry-1.docker.io"] : [registry]
    }

    /// Old files have addresses in place of host names.
    private static func host(_ key: String) -> String {
        var rest = key[...]
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
        return String(rest.prefix { $0 != "/" })
    }

    private struct Content: Decodable {
        var auths: [String: Entry]?
        var credsStore: String?
        var credHelpers: [String: String]?
    }

    private struct Entry: Decodable {
        var auth: String?
        var username: String?
        var password: String?
        var identitytoken: String?

        func auth(server: String) -> DockerRegistryAuth? {
            var user = username ?? ""
            var password = password ?? ""
            if let auth, let data = Data(base64Encoded: auth) {
                let parts = String(decoding: data, as: UTF8.self).split(
                    separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                if parts.count == 2 {
                    user = String(parts[0])
                    password = parts[1].trimmingCharacters(in: ["\0"])
                }
            }
            if let identitytoken, !identitytoken.isEmpty {
                return DockerRegistryAuth(identityToken: identitytoken, user: user, server: server)
            }
            guard !user.isEmpty, !password.isEmpty else { return nil }
            return DockerRegistryAuth(user: user, password: password, server: server)
        }
    }
}
