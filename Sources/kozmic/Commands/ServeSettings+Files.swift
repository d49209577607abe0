import Foundation
import Git
import Glibc

extension ServeSettings {
    /// The address of the admin repository, with a relative path made absolute. As for git, what has a colon before its
    /// first slash is no path.
    ///
    /// - Throws: `SettingProblem` when it is no address.
    static func repository(_ text: String) throws -> String {
        var url = text
        if !text.hasPrefix("/"), !text.prefix(while: { $0 != "/" }).contains(":") {
            let parts = text.split(separator: "/").filter { $0 != "." }.map(String.init)
            url = ([FileManager.default.currentDirectoryPath] + parts).joined(separator: "/")
        }
        do throws(GitError) {
            try GitRemote.check(url)
        } catch {
            throw SettingProblem.usage("--config-repo (KOZMIC_CONFIG_REPO): \(error.message)")
        }
        return url
    }

    /// A path from the root: the engine mounts no other.
    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : URL(filePath: path).standardizedFileURL.path
    }

    /// Whether the admin repository is there, if it is a path: nobody else will put it there. A host that does not answer
    /// may do so later.
    ///
    /// - Throws: `SettingProblem` when there is no repository.
    func checkRepositoryFolder() async throws {
        guard configRepository.hasPrefix("/") || configRepository.lowercased().hasPrefix("file:") else { return }
        let mirror = GitMirror(
            path: dataDirectory + "/mirrors/admin.git", remote: GitRemote(url: configRepository))
        do throws(GitError) {
            _ = try await mirror.remoteReferences()
        } catch {
            guard error.kind == .notFound else { return }
            throw SettingProblem(
                "--config-repo (KOZMIC_CONFIG_REPO): \(error.message); name a git repository, or make it one with git init"
            )
        }
    }

    /// The pages link to the root of their host.
    ///
    /// - Throws: `SettingProblem` for an address with a path.
    static func checkRoot(_ externalURL: String) throws {
        guard let path = URL(string: externalURL)?.path(), !path.isEmpty else { return }
        throw SettingProblem.usage(
            "--external-url (KOZMIC_EXTERNAL_URL) must have no path, but has '\(path)': give the server a host of its "
                + "own, such as https://ci.example.org")
    }

    /// Whether others than those for whom a file is meant can read it. A group may, when the file belongs to somebody
    /// else: else this account could not.
    static func isOpen(_ file: String) -> Bool {
        var status = stat()
        guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return status.st_mode & (status.st_uid == geteuid() ? 0o044 : 0o004) != 0
    }

    /// Whether the secret key is where the first start makes it, and not in a file that somebody named.
    var isSecretKeyOurs: Bool {
        func path(_ text: String) -> String { URL(filePath: text).standardizedFileURL.path }
        return path(secretKeyFile) == path(dataDirectory + "/secret.key")
    }
}

/// A file of certificates to trust.
enum CAFile {
    /// - Throws: `SettingProblem` when there is a file, and it holds no certificates.
    static func checked(_ file: String?) throws(SettingProblem) -> String? {
        guard let file, !file.isEmpty else { return nil }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw SettingProblem("--ca-file (KOZMIC_CA_FILE): \(file) cannot be read")
        }
        guard String(decoding: data, as: UTF8.self).contains("-----BEGIN ") else {
            throw SettingProblem("--ca-file (KOZMIC_CA_FILE): \(file) holds no certificates in PEM form")
        }
        return file
    }
}
