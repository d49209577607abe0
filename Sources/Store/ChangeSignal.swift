internal import Synchronization

/// Tells who wants to know that rows changed or log bytes arrived; only that, not what: the store is read again.
///
/// Signals come after the commit, and several may be heard as one. Whoever subscribes first and reads then misses
/// nothing.
public final class ChangeSignal: Sendable {
    /// What changed.
    public enum Topic: Hashable, Sendable {
        /// The admin repository's revision.
        case config
        /// The admin repository itself, as its webhook says; it was not read yet.
        case adminRepository
        /// What GitHub has for a project.
        case observations
        /// GitHub tells by the way that somebody pushed, or that a delivery failed.
        case hints
        /// Somebody wants to see who wrote settings.
        case configHistories
        /// A project.
        case projects
        /// A delivery that waits for a decision.
        case deliveries
        /// A build or a job.
        case builds
        /// A search for a commit, or what one waits for.
        case bisections
        /// The status outbox.
        case statuses
        /// The picture of an author is wanted.
        case avatars
        /// What has to be told by mail.
        case mail
        /// Who has which role.
        case roles
        /// Somebody would like roles to be read from GitHub now.
        case wantedRoles
        /// Somebody would like a project to be compared with GitHub now.
        case wantedSync
        /// The row of this job.
        case job(Int64)
        /// Somebody asked for the end of this job while it runs.
        case cancellation(Int64)
        /// The log of this job.
        case log(Int64)
    }

    private struct Subscriber {
        let topics: Set<Topic>
        let continuation: AsyncStream<Void>.Continuation
        /// Whether nothing else feeds its stream.
        let isAlone: Bool
    }

    private struct State {
        var nextID = 0
        var subscribers: [Int: Subscriber] = [:]
        var byTopic: [Topic: Set<Int>] = [:]
        var isFinished = false
    }

    private let state = Mutex(State())

    /// Nobody listens yet.
    public init() {}

    /// Wakes everybody who waits for one of the topics.
    public func notify(_ topics: [Topic]) {
        let continuations = state.withLock { state in
            Set(topics.flatMap { state.byTopic[$0] ?? [] }).compactMap { state.subscribers[$0]?.continuation }
        }
        for continuation in continuations { continuation.yield() }
    }

    /// An element for every change since the last element was taken; many changes in between are one element. The
    /// subscription ends when the stream is dropped or its task is cancelled, the stream ends when the store closes.
    public func subscribe(_ topics: Set<Topic>) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        if !add(topics, continuation, isAlone: true) { continuation.finish() }
        return stream
    }

    /// The same for a stream that others feed too, so that one loop hears all of them: it gets an element for every change,
    /// and does not end when the store closes. The subscription ends with the stream, by its `onTermination`: a stream has
    /// one subscription.
    public func subscribe(_ topics: Set<Topic>, waking stream: AsyncStream<Void>.Continuation) {
        _ = add(topics, stream, isAlone: false)
    }

    /// - Returns: whether there will be changes.
    private func add(_ topics: Set<Topic>, _ continuation: AsyncStream<Void>.Continuation, isAlone: Bool) -> Bool {
        let id: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            let id = state.nextID
            state.nextID += 1
            state.subscribers[id] = Subscriber(topics: topics, continuation: continuation, isAlone: isAlone)
            for topic in topics { state.byTopic[topic, default: []].insert(id) }
            return id
        }
        guard let id else { return false }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        return true
    }

    /// How many subscriptions there are.
    public var subscriberCount: Int { state.withLock { $0.subscribers.count } }

    /// Ends all streams that nobody else feeds, present and future.
    func finish() {
        let subscribers = state.withLock { state in
            state.isFinished = true
            return Array(state.subscribers.values)
        }
        // Outside of the lock: ending a stream calls `remove`.
        for subscriber in subscribers where subscriber.isAlone { subscriber.continuation.finish() }
    }

    private func remove(_ id: Int) {
        state.withLock { state in
            guard let subscriber = state.subscribers.removeValue(forKey: id) else { return }
            for topic in subscriber.topics {
                state.byTopic[topic]?.remove(id)
                if state.byTopic[topic]?.isEmpty == true { state.byTopic[topic] = nil }
            }
        }
    }
}
