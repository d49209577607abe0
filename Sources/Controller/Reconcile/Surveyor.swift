import GitHub
import Model
import Reconciler
import Synchronization

/// Looks at one project on GitHub and compares it with what is declared; changes nothing.
struct Surveyor: Sendable {
    var client: GitHubClient
    private let comparison: Comparison
    private let viewer = ViewerLogin()

    /// - Parameter secretKey: see `Comparison.secretKey`.
    init(client: GitHubClient, externalURL: String, secretKey: SecretKey?) {
        self.client = client
        comparison = Comparison(externalURL: externalURL, secretKey: secretKey)
    }

    /// - Parameter isActive: whether the project is declared; of one that is not, only what we made is left to remove.
    /// - Throws: `GitHubError`, or `ReconcileProblem` for an archived repository.
    func survey(_ project: Project, isActive: Bool, _ memory: ProjectMemory) async throws -> Survey {
        let facts = try await facts(project.repository, memory.githubID)
        if facts.isArchived {
            throw ReconcileProblem(
                reason: "\(facts.fullName) is archived on GitHub and takes no changes. Unarchive it there, or remove "
                    + "the project from the admin repository.", isStalled: true)
        }
        let desired = comparison.desired(project, isActive: isActive, memory)
        var seen = try await RepositoryObserver(client: client).observe(
            facts, desired, known: memory.isFresh ? nil : memory.webhooks, inherited: memory.baseline?.inherited ?? [:]
        ) { () throws(GitHubError) in try await viewer.login(client) }
        if facts.id == memory.githubID {
            seen.noteRenames(since: memory.observation, declared: desired.permissions)
        }
        let compared = comparison.compare(
            desired, seen, isActive: isActive, memory, repositoryID: facts.id)
        return Survey(
            facts: facts, desired: compared.desired, seen: seen, observed: compared.observed, plan: compared.plan,
            drift: compared.drift, foundKeys: compared.foundKeys)
    }

    /// A repository is followed by its number, whatever it is called now. Only when there is none of that number any
    /// more, the name counts: it was deleted and made again.
    private func facts(_ name: RepositoryName, _ id: Int64?) async throws(GitHubError) -> GitHubRepository {
        if let id {
            do {
                return try await client.repository(id: id, owner: name.owner)
            } catch {
                guard error.kind == .notFound else { throw error }
            }
        }
        return try await client.repository("\(name)")
    }
}

/// What was seen of one project, and what follows from it.
struct Survey: Sendable {
    /// The repository.
    var facts: GitHubRepository
    /// What is declared.
    var desired: DesiredRepository
    /// What GitHub has.
    var seen: ObservedRepository
    /// As much of it as the comparison is about.
    var observed: ObservedRepository
    /// What makes them equal.
    var plan: Plan
    /// The operations of the plan that nobody asked for.
    var drift: [Reconciler.Operation]
    /// Deploy keys of ours that no record knows, the oldest first.
    var foundKeys: [FoundDeployKey] = []
    /// Whether the deploy keys belong to another project by now.
    var leavesDeployKeys = false
}

/// The login of the token's account, asked for once.
private final class ViewerLogin: Sendable {
    private let known = Mutex<String?>(nil)

    func login(_ client: GitHubClient) async throws(GitHubError) -> String {
        if let login = known.withLock({ $0 }) { return login }
        let login: String
        do {
            login = try await client.user().login
        } catch {
            // The token of an app belongs to no account, so there is none that could shut itself out.
            guard error.kind == .forbidden else { throw error }
            login = ""
        }
        known.withLock { $0 = login }
        return login
    }
}
