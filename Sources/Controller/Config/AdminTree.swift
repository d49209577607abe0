import Config
import Git

/// Reads the files of the admin repository from a commit's tree, without a checkout.
enum AdminTree {
    /// Files in the tree that are looked at; a repository with more is not an admin repository.
    static let maximumFiles = 20_000
    /// Bytes of all files together.
    static let maximumBytes = 32 << 20
    /// Bytes of one file.
    static let maximumFile = 1 << 20

    /// - Throws: `GitError` when the tree cannot be read, `TooLarge` when it is beyond the limits.
    static func read(_ mirror: GitMirror, commit: String) async throws -> ConfigSource {
        let entries = try await mirror.list(commit: commit, under: ".", recursive: true, limit: maximumFiles + 1)
        guard entries.count <= maximumFiles else { throw TooLarge(what: "\(maximumFiles) files") }
        var files: [String: [UInt8]] = [:]
        // Named to the configuration reader, which would otherwise take what is not there for removed.
        var unreadable: [String: String] = [:]
        var total = 0
        for entry in entries {
            let path = String(decoding: entry.path, as: UTF8.self)
            guard entry.type == .blob, entry.mode.hasPrefix("100") else {
                unreadable[path] = entry.type == .blob ? "is a symbolic link" : "is a submodule"
                continue
            }
            do throws(GitError) {
                let bytes = try await mirror.blob(entry.object, limit: maximumFile)
                total += bytes.count
                guard total <= maximumBytes else { break }
                files[path] = bytes
            } catch {
                guard error.kind == .invalid else { throw error }
                unreadable[path] = "is larger than \(maximumFile >> 20) MiB"
            }
        }
        guard total <= maximumBytes else { throw TooLarge(what: "\(maximumBytes >> 20) MiB") }
        return ConfigSource(files: files, unreadable: unreadable)
    }

    /// The tree is beyond a limit.
    struct TooLarge: Error, CustomStringConvertible {
        var what: String
        var description: String { "the admin repository holds more than \(what)" }
    }
}
