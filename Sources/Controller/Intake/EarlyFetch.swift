import Model
import Synchronization

/// Fetches what a build needs while its jobs are still being put into the queue: GitHub's answer is half of the time that
/// passes before a job's container can be made.
///
/// Nothing depends on it. A job looks for its commit itself, waits for a fetch that is under way, and says what is wrong.
final class EarlyFetch: Sendable {
    struct Wish: Sendable {
        var repository: RepositoryName
        var commit: String
        var ref: GitRef
    }

    /// More at once would be in the way of the jobs that come first.
    private static let most = 4

    private let mirrors: ProjectMirrors
    private let underWay = Mutex<Set<RepositoryName>>([])
    private let wishes: AsyncStream<Wish>
    private let feed: AsyncStream<Wish>.Continuation

    init(mirrors: ProjectMirrors) {
        self.mirrors = mirrors
        (wishes, feed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.most))
    }

    /// Begins a fetch, unless there are enough. Returns at once.
    func begin(_ wish: Wish) { feed.yield(wish) }

    /// Runs until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await wish in wishes {
                let isWanted = underWay.withLock { $0.count < Self.most && $0.insert(wish.repository).inserted }
                guard isWanted else { continue }
                group.addTask { [self] in
                    _ = try? await mirrors.mirror(wish.repository, with: wish.commit, wish.ref)
                    underWay.withLock { _ = $0.remove(wish.repository) }
                }
            }
            group.cancelAll()
        }
    }
}
