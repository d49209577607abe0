import GitHub
import Model
import Store
import Synchronization

/// Tells whether pull requests from forks were opened or pushed to: GitHub does not count that as a push to the
/// repository. One request, which costs no quota as long as nothing changed.
struct ForkPulls: Sendable {
    let client: GitHubClient
    private let seen = Seen()

    init(client: GitHubClient) { self.client = client }

    /// Whether there are others than at the last call. At the first call all of them are: nobody knows whether the heads
    /// were compared before or after.
    func haveChanged(_ project: ProjectRecord) async throws(GitHubError) -> Bool {
        guard project.config.hooks.contains(where: { $0.triggers.pullRequest != nil }) else { return false }
        let heads = try await client.pulls("\(project.repository)").filter(\.isFromFork)
            .map { "\($0.number) \($0.head.sha)" }
        return seen.replace(project.id, Set(heads))
    }

    private final class Seen: Sendable {
        private let heads = Mutex<[Int64: Set<String>]>([:])

        func replace(_ project: Int64, _ new: Set<String>) -> Bool {
            heads.withLock { heads in
                defer { heads[project] = new }
                return !new.isSubset(of: heads[project] ?? [])
            }
        }
    }
}
