import Git
import Model

/// The bare mirrors of the projects' repositories, one for each, made when first needed.
actor ProjectMirrors {
    private let configuration: ControllerConfiguration
    /// Another way to a repository that cannot be read with the configured credentials; see `DeployKeyRemote`.
    private let fallback: @Sendable (RepositoryName) async throws -> GitRemote?
    private var mirrors: [RepositoryName: GitMirror] = [:]
    private var publicMirrors: [RepositoryName: GitMirror] = [:]

    init(
        configuration: ControllerConfiguration,
        fallback: @escaping @Sendable (RepositoryName) async throws -> GitRemote? = { _ in nil }
    ) {
        self.configuration = configuration
        self.fallback = fallback
    }

    /// The mirror, as it is on disk.
    func mirror(_ repository: RepositoryName) -> GitMirror {
        if let mirror = mirrors[repository] { return mirror }
        let mirror = GitMirror(
            path: "\(configuration.dataDirectory)/mirrors/\(repository.key).git", remote: remote(repository))
        mirrors[repository] = mirror
        return mirror
    }

    /// The mirror of a repository that anybody can read, as submodules are fetched.
    func publicMirror(_ repository: RepositoryName) -> GitMirror {
        if let mirror = publicMirrors[repository] { return mirror }
        // No account is called `_public`, so no project's mirror is in the way.
        let mirror = GitMirror(
            path: "\(configuration.dataDirectory)/mirrors/_public/\(repository.key).git",
            remote: GitRemote(
                url: "\(configuration.gitHubURL)/\(repository).git", credentials: .none, caFile: configuration.caFile))
        publicMirrors[repository] = mirror
        return mirror
    }

    private nonisolated func remote(_ repository: RepositoryName) -> GitRemote {
        GitRemote(
            url: "\(configuration.gitHubURL)/\(repository).git", credentials: configuration.gitCredentials,
            caFile: configuration.caFile)
    }

    /// The mirror with the commit in it; asks GitHub only when it lacks the commit (or the tag that is built).
    ///
    /// - Throws: `GitError`; `.notFound` when GitHub has no such commit any more.
    nonisolated func mirror(_ repository: RepositoryName, with commit: String, _ ref: GitRef) async throws -> GitMirror
    {
        let mirror = await mirror(repository)
        if await isComplete(mirror, commit, ref) { return mirror }
        // Others may have asked for the same: whose turn it is looks again.
        try await fetch(mirror, repository) {
            $0.hasObject(ofCommit: commit) && Self.isComplete($0, commit, ref)
        }
        guard await mirror.contains(commit: commit) else {
            throw GitError(
                .notFound,
                "\(repository) has no commit \(commit) on any branch, tag or pull request; was it force-pushed away?")
        }
        return mirror
    }

    /// The mirror, if it is known to have the commit without looking: nobody's fetch is waited for.
    func completeMirror(_ repository: RepositoryName, with commit: String, _ ref: GitRef) -> GitMirror? {
        let mirror = mirror(repository)
        if case .tag = ref.kind { return nil }
        return mirror.remembers(commit: commit) ? mirror : nil
    }

    /// Brings the mirror up to date.
    nonisolated func fetch(_ repository: RepositoryName, timeout: Duration = .seconds(600)) async throws {
        try await fetch(await mirror(repository), repository, timeout: timeout)
    }

    /// The refs as GitHub has them now.
    nonisolated func references(_ repository: RepositoryName) async throws -> [GitReference] {
        try await reaching(await mirror(repository), repository) { (mirror, other) throws(GitError) in
            try await mirror.remoteReferences(of: other, timeout: .seconds(60))
        }
    }

    private nonisolated func fetch(
        _ mirror: GitMirror, _ repository: RepositoryName, timeout: Duration = .seconds(600),
        unless isDone: @escaping @Sendable (isolated GitMirror) -> Bool = { _ in false }
    ) async throws {
        try await reaching(mirror, repository) { (mirror, other) throws(GitError) in
            try await mirror.fetch(from: other, timeout: timeout, unless: isDone)
        }
    }

    /// GitHub answers "not found" to those who may not see a repository. The other way is taken for this call only: several
    /// jobs, a schedule and an early fetch may ask for one repository at once.
    ///
    /// - Parameter body: gets the remote to use in place of the mirror's own, if any.
    private nonisolated func reaching<Value: Sendable>(
        _ mirror: GitMirror, _ repository: RepositoryName,
        _ body: @Sendable (GitMirror, GitRemote?) async throws(GitError) -> Value
    ) async throws -> Value {
        do {
            return try await body(mirror, nil)
        } catch {
            guard error.kind == .authentication || error.kind == .notFound,
                let other = try await fallback(repository)
            else { throw error }
            return try await body(mirror, other)
        }
    }

    private nonisolated func isComplete(_ mirror: GitMirror, _ commit: String, _ ref: GitRef) async -> Bool {
        if case .tag = ref.kind {} else if mirror.remembers(commit: commit) { return true }
        return await Self.isComplete(mirror, commit, ref)
    }

    private static func isComplete(_ mirror: isolated GitMirror, _ commit: String, _ ref: GitRef) -> Bool {
        guard mirror.contains(commit: commit) else { return false }
        guard case .tag = ref.kind else { return true }
        // Where a moved tag was before, scripts that ask git for their version would be told a wrong one.
        return (try? mirror.resolve(ref.description)) == commit
    }
}
