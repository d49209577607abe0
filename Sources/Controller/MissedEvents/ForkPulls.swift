import GitHub
import Synchronization

/// Tells whether pull requests from forks were opened or pushed to: GitHub does not count that as a push to the
/// repository.
struct ForkPulls: Sendable {
    private let seen = Seen()

    /// Whether there are others than at the last call. At the first call all of them are: nobody knows whether the heads
    /// were compared before or after.
    func haveChanged(_ project: Int64, _ open: [GitHubPullRequest]) -> Bool {
        seen.replace(project, Set(open.filter(\.isFromFork).map { "\($0.number) \($0.head.sha)" }))
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
