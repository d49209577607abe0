import ServiceLifecycle
import Store
import Synchronization

/// Follows the logs that somebody watches: one look for all who watch the same log, and what is found is encoded once.
final class LogFeeds: Service {
    /// How often every watcher is woken and every log looked at although nothing was signalled.
    static let heartbeat = Duration.seconds(15)

    private let store: Store
    private let feeds = Mutex<[Int64: LogFeed]>([:])
    private let begun: AsyncStream<LogFeed>
    private let beginner: AsyncStream<LogFeed>.Continuation

    init(store: Store) {
        self.store = store
        (begun, beginner) = AsyncStream.makeStream()
    }

    /// Follows until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    while (try? await Task.sleep(for: Self.heartbeat)) != nil {
                        self.beat()
                    }
                }
                for await feed in self.begun {
                    group.addTask { await feed.follow() }
                }
                group.cancelAll()
            }
        }
    }

    /// What a heartbeat does.
    func beat() {
        for feed in feeds.withLock({ Array($0.values) }) { feed.lookAgain() }
    }

    /// Watches a job's log. Whoever gets the watcher has to `leave` it.
    func watch(_ jobID: Int64) -> LogWatcher {
        feeds.withLock { feeds in
            if let feed = feeds[jobID], let watcher = feed.join() { return LogWatcher(feeds: self, feed, watcher) }
            let feed = LogFeed(jobID, store: store)
            feeds[jobID] = feed
            beginner.yield(feed)
            // A feed that is new takes everybody.
            return LogWatcher(feeds: self, feed, feed.join())
        }
    }

    fileprivate func leave(_ feed: LogFeed, _ number: Int) {
        feeds.withLock { feeds in
            guard feed.leave(number), feeds[feed.jobID] === feed else { return }
            feeds[feed.jobID] = nil
        }
    }
}

/// One who watches a log.
struct LogWatcher: Sendable {
    /// The log.
    let feed: LogFeed
    /// An element when there may be more; many at once are one. It ends when the log cannot be followed any more.
    let wakes: AsyncStream<Void>
    private let number: Int
    private let feeds: LogFeeds

    fileprivate init(feeds: LogFeeds, _ feed: LogFeed, _ place: LogFeed.Place?) {
        self.feeds = feeds
        self.feed = feed
        number = place?.number ?? 0
        wakes = place?.wakes ?? AsyncStream { $0.finish() }
    }

    /// Ends `wakes`.
    func finish() { feed.finish(number) }

    /// The last one who leaves ends the feed.
    func leave() { feeds.leave(feed, number) }
}
