import Git
import Model

extension CacheKey {
    /// The key of a hook's cached image at a commit; `nil` for a hook without an install script.
    ///
    /// - Parameters:
    ///   - baseImage: the base image's id, `sha256:…`.
    ///   - mirror: holds the commit.
    /// - Throws: `GitError`.
    public init?(_ hook: Hook, commit: String, baseImage: String, mirror: GitMirror) async throws(GitError) {
        guard let script = hook.installScript else { return nil }
        let entries =
            hook.trackedFiles.isEmpty ? [] : try await mirror.entries(commit: commit, paths: hook.trackedFiles)
        let tracked = zip(hook.trackedFiles, entries).map { path, entry in
            let entry = entry.map { Entry(mode: $0.mode, type: $0.type.rawValue, object: $0.object) }
            return TrackedPath(path: Array(path.utf8), entry: entry)
        }
        self.init(
            imageID: baseImage, user: hook.user, environment: hook.environment, installScript: script,
            tracked: tracked)
    }
}
