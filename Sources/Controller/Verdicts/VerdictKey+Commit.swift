import Git
import Model

extension VerdictKey {
    /// A tree with more files is taken as a whole, whatever the hook's `paths` are.
    private static let mostFiles = 100_000

    /// The key of a job at a commit; `nil` for a hook whose verdicts are its own.
    ///
    /// - Throws: `GitError`.
    init?(_ hook: Hook, commit: String, imageID: String, trusted: Bool, mirror: GitMirror) async throws(GitError) {
        guard hook.reusesVerdicts else { return nil }
        let content = try await Self.content(hook, commit, mirror)
        self.init(hook, imageID: imageID, content: content, trusted: trusted)
    }

    private static func content(_ hook: Hook, _ commit: String, _ mirror: GitMirror) async throws(GitError) -> Content {
        let whole = Content.tree(try await mirror.commit(commit).tree)
        guard !hook.paths.isEmpty else { return whole }
        let files: [GitTreeEntry]
        do {
            files = try await mirror.list(commit: commit, limit: mostFiles)
        } catch {
            guard error.kind == .invalid else { throw error }
            return whole
        }
        let patterns = hook.paths.map(PathPattern.init)
        var entries = files.compactMap { file -> CacheKey.TrackedPath? in
            let path = String(decoding: file.path, as: UTF8.self)
            return patterns.contains { $0.matches(path) }
                ? CacheKey.TrackedPath(path: file.path, entry: .init(file)) : nil
        }
        for path in hook.trackedFiles {
            let entry = try await mirror.entry(commit: commit, path: path)
            entries.append(CacheKey.TrackedPath(path: Array(path.utf8), entry: entry.map { .init($0) }))
        }
        return .entries(entries)
    }
}

extension CacheKey.Entry {
    fileprivate init(_ entry: GitTreeEntry) {
        self.init(mode: entry.mode, type: entry.type.rawValue, object: entry.object)
    }
}
