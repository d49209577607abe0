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
        return try await read(mirror, entries)
    }

    /// - Parameters:
    ///   - entries: the files of a tree.
    ///   - contents: bytes of files that are in no repository, by object.
    static func read(
        _ mirror: GitMirror, _ entries: [GitTreeEntry], contents: [String: [UInt8]] = [:]
    ) async throws -> ConfigSource {
        guard entries.count <= maximumFiles else { throw TooLarge(what: "\(maximumFiles) files") }
        var wanted: [(path: String, object: String)] = []
        // Named to the configuration reader, which would otherwise take what is not there for removed.
        var unreadable: [String: String] = [:]
        for entry in entries {
            let path = String(decoding: entry.path, as: UTF8.self)
            if !path.utf8.elementsEqual(entry.path) {
                unreadable[path] = ConfigSource.isMisnamed
            } else if entry.type == .blob, entry.mode.hasPrefix("100") {
                wanted.append((path, entry.object))
            } else {
                unreadable[path] = entry.type == .blob ? "is a symbolic link" : "is a submodule"
            }
        }
        let objects = Set(wanted.map(\.object)).filter { contents[$0] == nil }
        // One file more than fits, so that what is too much is seen here and told in our words.
        let stored = try await mirror.blobs(objects, limit: maximumFile, total: maximumBytes + maximumFile)
        var files: [String: [UInt8]] = [:]
        var total = 0
        for (path, object) in wanted {
            guard let bytes = contents[object] ?? stored[object], bytes.count <= maximumFile else {
                unreadable[path] = "is larger than \(maximumFile >> 20) MiB"
                continue
            }
            total += bytes.count
            guard total <= maximumBytes else { throw TooLarge(what: "\(maximumBytes >> 20) MiB") }
            files[path] = bytes
        }
        return ConfigSource(files: files, unreadable: unreadable)
    }

    /// The tree is beyond a limit.
    struct TooLarge: Error, CustomStringConvertible {
        var what: String
        var description: String { "the admin repository holds more than \(what)" }
    }
}
