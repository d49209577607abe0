import Git
import Model

/// The bare mirrors of the projects' repositories, one for each, made when first needed.
actor ProjectMirrors {
    private let configuration: ControllerConfiguration
    private var mirrors: [RepositoryName: GitMirror] = [:]

    init(configuration: ControllerConfiguration) { self.configuration = configuration }

    /// The mirror, as it is on disk.
    func mirror(_ repository: RepositoryName) -> GitMirror {
        if let mirror = mirrors[repository] { return mirror }
        let mirror = GitMirror(
            path: "\(configuration.dataDirectory)/mirrors/\(repository.key).git",
            remote: GitRemote(
                url: "\(configuration.gitHubURL)/\(repository).git", credentials: configuration.gitCredentials,
                caFile: configuration.caFile))
        mirrors[repository] = mirror
        return mirror
    }

    /// The mirror with the commit in it; asks GitHub only when it lacks the commit (or the tag that is built).
    ///
    /// - Throws: `GitError`; `.notFound` when GitHub has no such commit any more.
    nonisolated func mirror(_ repository: RepositoryName, with commit: String, _ ref: GitRef) async throws -> GitMirror
    {
        let mirror = await mirror(repository)
        if await isComplete(mirror, commit, ref) { return mirror }
        try await mirror.fetch()
        guard await mirror.contains(commit: commit) else {
            throw GitError(
                .notFound,
                "\(repository) has no commit \(commit) on any branch, tag or pull request; was it force-pushed away?")
        }
        return mirror
    }

    private nonisolated func isComplete(_ mirror: GitMirror, _ commit: String, _ ref: GitRef) async -> Bool {
        guard await mirror.contains(commit: commit) else { return false }
        guard case .tag = ref.kind else { return true }
        return (try? await mirror.resolve(ref.description)) != nil
    }
}
