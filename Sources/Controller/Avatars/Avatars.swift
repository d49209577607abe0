import Foundation
import GitHub
import Logging
import ServiceLifecycle
import Store

/// Keeps the pictures of authors that the pages show, asked for when an author's first build is made, and again once a
/// day as long as somebody looks at them.
///
/// They are the least urgent of all: no page waits for them, and GitHub's limits are left to everything else.
struct Avatars: Service {
    private let source: AvatarSource
    private let store: Store
    private let logger: Logger

    private static let batch = 20

    init(source: AvatarSource, store: Store, logger: Logger) {
        self.source = source
        self.store = store
        self.logger = logger
    }

    /// Runs until graceful shutdown.
    func run() async throws {
        await PassLoop(topics: [.avatars], interval: .seconds(3600), changes: store.changes, rest: .seconds(1))
            .run { await pass() }
    }

    /// Asks for what is due; answers when to go on at the latest.
    func pass() async -> Duration? {
        do {
            while !Task.isCancelled {
                let due = try await store.dueAvatars(limit: Self.batch)
                for avatar in due {
                    if let pause = try await ask(avatar) { return pause }
                }
                if due.count < Self.batch { return nil }
            }
        } catch {
            logger.error("the pictures of authors could not be looked after: \(error)")
        }
        return nil
    }

    /// Answers how long to leave GitHub alone when it is no use to go on.
    private func ask(_ avatar: DueAvatar) async throws(StoreError) -> Duration? {
        // Ten minutes at first, a day at last.
        let pause = min(86_400, 600 * pow(2, Double(min(avatar.failures, 10))))
        let news: AvatarNews
        var wait: Duration?
        do {
            news = try await source.ask(avatar)
        } catch {
            logger.debug("no picture: \(error)", metadata: ["login": "\(avatar.login)"])
            if error.kind == .cancelled { return .seconds(60) }
            news = .failed
            if error.isTransient || error.kind == .unauthorized { wait = .seconds(600) }
        }
        try await store.noteAvatar(avatar.login, news, pause: pause)
        return wait
    }
}
