import Model
import NIOCore
import Store
import Synchronization

/// What is new in one log, for all who watch it: the latest pieces, already as events.
///
/// A watcher who is further back than the pieces reach reads the file, as far as the feed has looked.
final class LogFeed: Sendable {
    /// Where a watcher goes on.
    enum Next {
        /// These events, the last of which ends before that byte.
        case pieces([ByteBuffer], end: Int64)
        /// The file, up to that byte; no character is cut there.
        case file(until: Int64)
        /// There is no more now.
        case nothing
        /// There will be no more; the job, unless it is gone.
        case end(JobRecord?)
    }

    /// A new watcher's number and its wake-ups.
    typealias Place = (number: Int, wakes: AsyncStream<Void>)

    private struct Piece {
        var start: Int64
        var end: Int64
        var event: ByteBuffer
    }

    private struct State {
        var pieces: [Piece] = []
        var pieceBytes = 0
        /// How far the log was looked at; `nil` before the first look.
        var end: Int64?
        var isComplete = false
        var job: JobRecord?
        var isClosed = false
        var last = 0
        var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    /// So much of the log is read at once.
    static let chunk = 64 << 10
    /// The events that are kept for watchers who are a little behind.
    private static let pieceLimit = 512 << 10
    /// So many at most: each is small when lines come one by one.
    private static let countLimit = 1_000

    let jobID: Int64
    private let store: Store
    private let state = Mutex(State())
    private let looks: AsyncStream<Void>
    private let looker: AsyncStream<Void>.Continuation

    init(_ jobID: Int64, store: Store) {
        self.jobID = jobID
        self.store = store
        (looks, looker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        looker.yield()
    }

    /// `nil` when it is not followed any more.
    func join() -> Place? {
        let (wakes, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        waker.yield()
        return state.withLock { state in
            guard !state.isClosed else { return nil }
            state.last += 1
            state.watchers[state.last] = waker
            return (state.last, wakes)
        }
    }

    /// Answers whether nobody is left; then it is not followed any more.
    func leave(_ number: Int) -> Bool {
        let isLast = state.withLock { state in
            state.watchers[number] = nil
            if state.watchers.isEmpty { state.isClosed = true }
            return state.isClosed
        }
        if isLast { looker.finish() }
        return isLast
    }

    /// Ends the wake-ups of one watcher.
    func finish(_ number: Int) { state.withLock { $0.watchers[number] }?.finish() }

    /// Wakes all watchers.
    func wake() {
        for watcher in state.withLock({ Array($0.watchers.values) }) { watcher.yield() }
    }

    /// Looks although nothing was signalled, so that a signal that is lost costs its watchers a moment and not the rest of
    /// the log, and wakes all watchers of a log that needs no look any more.
    func lookAgain() {
        looker.yield()
        wake()
    }

    /// What comes after a byte.
    func next(after position: Int64) -> Next {
        state.withLock { state in
            guard let end = state.end else { return .nothing }
            guard position < end else { return state.isComplete ? .end(state.job) : .nothing }
            // Watchers are mostly near the end.
            guard let index = state.pieces.lastIndex(where: { $0.start <= position }) else {
                return .file(until: state.pieces.first?.start ?? end)
            }
            guard state.pieces[index].start == position else { return .file(until: state.pieces[index].end) }
            // Whoever is behind gets several at once.
            var events: [ByteBuffer] = []
            var bytes = 0
            var reached = position
            for piece in state.pieces[index...] {
                if bytes + piece.event.readableBytes > Self.chunk, !events.isEmpty { break }
                events.append(piece.event)
                bytes += piece.event.readableBytes
                reached = piece.end
            }
            return .pieces(events, end: reached)
        }
    }

    /// Looks again and again until the job has ended or nobody watches. What is written meanwhile comes by itself.
    func follow() async {
        // Both come before the first look: what happens in between is then seen by the next one.
        let changes = store.changes.subscribe([.job(jobID)])
        let following = store.logs.tails.follow(jobID) { [weak self] in self?.take($0) }
        await withDiscardingTaskGroup { group in
            group.addTask { [looker] in for await _ in changes { looker.yield() } }
            let log = store.logs.reader(jobID)
            for await _ in looks {
                guard let isComplete = try? await look(log) else {
                    close()
                    break
                }
                if isComplete { break }
            }
            following.cancel()
            group.cancelAll()
        }
    }

    /// On the writer's queue: what is next becomes an event at once; anything else is looked for in the file.
    private func take(_ appended: LogTails.Appended) {
        if case .bytes(let bytes, let start, let chunks) = appended, state.withLock({ $0.end == start }) {
            let length = UTF8Boundary.wholeCharacters(bytes)
            if length == 0 { return }
            if add(LogStreamEvent.log(bytes.prefix(length), at: start, chunks), at: start, length: length) { return }
        }
        looker.yield()
    }

    /// Whoever watches is told to come again: a new feed may have more luck.
    private func close() {
        let watchers = state.withLock { state in
            state.isClosed = true
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.finish() }
    }

    /// Answers whether the job has ended, and all of its log was seen.
    private func look(_ log: LogReader) async throws -> Bool {
        // The job is read before its log: when it has ended, the log that is read then is the whole of it.
        let job = try await store.job(jobID)
        let isComplete = job?.state.isFinished ?? true
        if state.withLock({ $0.end }) == nil {
            let end = try await firstEnd(log, isComplete: isComplete)
            state.withLock { $0.end = end }
        }
        while true {
            let position = state.withLock { $0.end } ?? 0
            let bytes = try await log.read(from: position, count: Self.chunk)
            let isEnd = bytes.count < Self.chunk
            let length = isEnd && isComplete ? bytes.count : UTF8Boundary.wholeCharacters(bytes)
            if length > 0 {
                let chunks = try await log.chunks(in: position..<position + Int64(length))
                let event = LogStreamEvent.log(bytes.prefix(length), at: position, chunks)
                // The writer may have been quicker.
                guard add(event, at: position, length: length) else { continue }
            }
            if isEnd || length == 0 { break }
        }
        if isComplete {
            state.withLock { state in
                state.isComplete = true
                state.job = job
            }
        }
        wake()
        return isComplete
    }

    /// The log's size, without a character that is not whole yet: what was there before is read from the file.
    private func firstEnd(_ log: LogReader, isComplete: Bool) async throws -> Int64 {
        let size = try await log.size()
        let start = max(0, size - 4)
        // Not more than was there: what is being written comes as it was written.
        let tail = try await log.read(from: start, count: Int(size - start))
        return isComplete ? size : start + Int64(UTF8Boundary.wholeCharacters(tail))
    }

    /// Answers whether it is the next piece; another one is not taken.
    private func add(_ event: ByteBuffer, at start: Int64, length: Int) -> Bool {
        let watchers: [AsyncStream<Void>.Continuation]? = state.withLock { state in
            guard state.end == start, !state.isComplete else { return nil }
            let end = start + Int64(length)
            state.pieces.append(Piece(start: start, end: end, event: event))
            state.pieceBytes += event.readableBytes
            state.end = end
            while state.pieceBytes > Self.pieceLimit || state.pieces.count > Self.countLimit, state.pieces.count > 1 {
                state.pieceBytes -= state.pieces.removeFirst().event.readableBytes
            }
            return Array(state.watchers.values)
        }
        guard let watchers else { return false }
        for watcher in watchers { watcher.yield() }
        return true
    }
}
