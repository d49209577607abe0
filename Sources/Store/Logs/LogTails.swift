internal import Synchronization

/// Gives what is being appended to logs to those who follow them, at once: whoever shows a log live need not read it
/// from the file again.
///
/// Followers are called on the writer's queue, after the bytes are in the file, and must not block.
public final class LogTails: Sendable {
    /// What was appended to a log.
    public enum Appended: Sendable {
        /// These bytes, from this offset on, and when they came.
        case bytes([UInt8], start: Int64, chunks: [LogChunk])
        /// So much that it is better read from the file, at the follower's own pace.
        case much
    }

    /// More than this at once is not handed on: it would make the writer wait for its followers.
    public static let limit = 16 << 10

    typealias Follower = @Sendable (Appended) -> Void

    private struct State {
        var nextID = 0
        var followers: [Int64: [Int: Follower]] = [:]
    }

    private let state = Mutex(State())

    init() {}

    /// Calls back for everything that is appended to a job's log from now on, until the answer is let go or cancelled.
    public func follow(_ jobID: Int64, _ follower: @escaping @Sendable (Appended) -> Void) -> LogFollowing {
        let id = state.withLock { state in
            state.nextID += 1
            state.followers[jobID, default: [:]][state.nextID] = follower
            return state.nextID
        }
        return LogFollowing { [weak self] in self?.remove(id, jobID) }
    }

    /// - Parameter records: of the bytes, as they are in the `.chunks` file.
    func tell(_ jobID: Int64, _ bytes: [UInt8], start: Int64, records: [UInt8]) {
        let followers = state.withLock { state in state.followers[jobID].map { Array($0.values) } }
        guard let followers else { return }
        let appended: Appended =
            if bytes.count > Self.limit {
                .much
            } else {
                .bytes(
                    bytes, start: start,
                    chunks: LogChunk.chunks(records, from: start, logSize: start + Int64(bytes.count)))
            }
        for follower in followers { follower(appended) }
    }

    private func remove(_ id: Int, _ jobID: Int64) {
        state.withLock { state in
            state.followers[jobID]?[id] = nil
            if state.followers[jobID]?.isEmpty == true { state.followers[jobID] = nil }
        }
    }
}

/// Following a log; ends with its last owner.
public final class LogFollowing: Sendable {
    private let end: @Sendable () -> Void

    init(_ end: @escaping @Sendable () -> Void) { self.end = end }

    deinit { end() }

    /// Ends it; a second call does nothing. A call that is under way meanwhile may still arrive.
    public func cancel() { end() }
}
