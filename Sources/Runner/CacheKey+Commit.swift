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
        var tracked: [TrackedPath] = []
        for path in hook.trackedFiles {
            let entry = try await mirror.entry(commit: commit, path: path).map {
                Entry(mode: $0.mode, type: $0.type.rawValue, object: $0.object)
            }
            tracked.append(TrackedPath(path: Array(path.utf8), entry: entry))
        }
        self.init(
            imageID: baseImage, user: hook.user, environment: hook.environment, installScript: script,
            tracked: tracked)
    }
}
