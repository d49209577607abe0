import Config
import Git

/// Reads the files of the admin repository from a commit's tree, without a checkout.
enum AdminTree {
    /// Files in the tree that are looked at; a repository with more is not an admin repository.
    static let maximumFiles = 20_000
    /// Bytes of all files together.
    static let maximumBytes = 32 << 20
    /// Bytes of one file; larger ones are left out, so that a reference to one says that it is missing.
    static let maximumFile = 1 << 20

    /// - Throws: `GitError` when the tree cannot be read, `TooLarge` when it is beyond the limits.
    static func read(_ mirror: GitMirror, commit: String) async throws -> ConfigSource {
        let entries = try await mirror.list(commit: commit, under: ".", recursive: true, limit: maximumFiles + 1)
        guard entries.count <= maximumFiles else { throw TooLarge(what: "\(maximumFiles) files") }
        var files: [String: [UInt8]] = [:]
        var total = 0
        for entry in entries where entry.type == .blob && entry.mode.hasPrefix("100") {
            let path = String(decoding: entry.path, as: UTF8.self)
            // A file that is too large for one blob is not read at all; the configuration reader reports it by name.
            guard let bytes = try? await mirror.blob(entry.object, limit: maximumFile) else { continue }
            total += bytes.count
            guard total <= maximumBytes else { throw TooLarge(what: "\(maximumBytes >> 20) MiB") }
            files[path] = bytes
        }
        return ConfigSource(files: files)
    }

    /// The tree is beyond a limit.
    struct TooLarge: Error, CustomStringConvertible {
        var what: String
        var description: String { "the admin repository holds more than \(what)" }
    }
}
