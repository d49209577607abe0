import Foundation
internal import GRDB
import Model
internal import Synchronization
internal import ThreadPool

/// Stores webhook requests, many in one transaction.
///
/// A transaction costs a flush of the disk, and webhooks come in bursts: while one transaction is written, the requests
/// that arrive wait, and the next transaction takes all of them. No actor: each request would wait for its turn on it twice.
public final class DeliveryInbox: Sendable {
    /// What bounds the memory, and how long one transaction takes the database's only writer.
    struct Limits: Sendable {
        /// So many requests may wait, and so many bytes of them; more is `busy`.
        var waiting = 10_000
        var waitingBytes = 256 << 20
        /// So much goes into one transaction.
        var batch = 1_000
        var batchBytes = 32 << 20
    }

    private struct Waiting: Sendable {
        let delivery: NewDelivery
        let continuation: CheckedContinuation<Result<Bool, StoreError>, Never>
    }

    /// How many requests were stored in the present tenth of a second and in the one before.
    private struct Load {
        /// From a thousand requests a second on, whoever could do something else leaves the processor to them.
        static let limit = 100
        static let span = Duration.milliseconds(100)

        private var start = ContinuousClock.now
        private var count = 0
        private var before = 0

        mutating func add(_ more: Int) {
            let age = start.duration(to: .now)
            if age >= Self.span {
                before = age < Self.span * 2 ? count : 0
                (start, count) = (.now, 0)
            }
            count += more
        }

        var isHigh: Bool { start.duration(to: .now) < Self.span * 2 && max(count, before) >= Self.limit }
    }

    private struct State {
        var waiting: [Waiting] = []
        var waitingBytes = 0
        var isWriting = false
        var isClosed = false
        var closing: [CheckedContinuation<Void, Never>] = []
        var load = Load()
        var transactions = 0

        /// Answers whether somebody has to begin to write.
        mutating func add(_ item: Waiting, _ limits: Limits) throws(StoreError) -> Bool {
            guard !isClosed else { throw .closed }
            let bytes = waitingBytes + item.delivery.payload.count
            guard waiting.count < limits.waiting, waiting.isEmpty || bytes <= limits.waitingBytes else { throw .busy }
            waitingBytes = bytes
            waiting.append(item)
            defer { isWriting = true }
            return !isWriting
        }

        mutating func takeBatch(_ limits: Limits) -> [Waiting] {
            var bytes = 0
            var count = 0
            for item in waiting.prefix(limits.batch) {
                if count > 0, bytes + item.delivery.payload.count > limits.batchBytes { break }
                bytes += item.delivery.payload.count
                count += 1
            }
            let batch = Array(waiting.prefix(count))
            waiting.removeFirst(count)
            waitingBytes -= bytes
            return batch
        }
    }

    private let database: DatabaseFile
    private let changes: ChangeSignal
    private let now: @Sendable () -> Date
    private let limits: Limits
    private let state = Mutex(State())

    /// How many transactions were written; for tests.
    var transactions: Int { state.withLock { $0.transactions } }

    init(
        database: DatabaseFile, changes: ChangeSignal, limits: Limits = Limits(),
        now: @escaping @Sendable () -> Date
    ) {
        self.limits = limits
        self.database = database
        self.changes = changes
        self.now = now
    }

    /// Stores a request durably: it is on the disk when this returns.
    ///
    /// - Returns: false when the same hook has a request with the same GUID already; nothing is stored then.
    /// - Throws: `busy` when too many wait, `invalid` when the GUID or the event's name is empty or too long.
    public func store(_ delivery: NewDelivery) async throws(StoreError) -> Bool {
        guard (1...200).contains(delivery.guid.unicodeScalars.count), !delivery.guid.utf8.contains(0) else {
            throw .invalid("a delivery's GUID has 1 to 200 characters")
        }
        guard (1...100).contains(delivery.event.unicodeScalars.count), !delivery.event.utf8.contains(0) else {
            throw .invalid("an event's name has 1 to 100 characters")
        }
        let result = await withCheckedContinuation { continuation in
            let item = Waiting(delivery: delivery, continuation: continuation)
            let outcome = state.withLock { state in
                Result { () throws(StoreError) in try state.add(item, limits) }
            }
            switch outcome {
            // A task of its own, because whoever came first must not wait for all who come later. It ends when nobody
            // waits.
            case .success(true): Task(executorPreference: ThreadPool.shared) { await self.writeAll() }
            case .success(false): break
            case .failure(let error): continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// Returns when requests do not pour in, or after that time: what was stored can wait a moment for its decision, but
    /// GitHub waits ten seconds for an answer and never asks again.
    public func calm(within limit: Duration) async {
        let end = ContinuousClock.now + limit
        while state.withLock({ $0.load.isHigh && !$0.isClosed }), ContinuousClock.now < end {
            guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { return }
        }
    }

    /// Takes no more requests; returns when those that wait are stored.
    func close() async {
        await withCheckedContinuation { continuation in
            let isWriting = state.withLock { state in
                state.isClosed = true
                if state.isWriting { state.closing.append(continuation) }
                return state.isWriting
            }
            if !isWriting { continuation.resume() }
        }
    }

    private func writeAll() async {
        while let batch = nextBatch() {
            let time = now().milliseconds
            let deliveries = batch.map(\.delivery)
            let result: Result<[Bool], StoreError>
            do throws(StoreError) {
                result = .success(try await database.write { db in try Self.insert(deliveries, db, time) })
            } catch {
                result = .failure(error)
            }
            state.withLock { state in
                state.transactions += 1
                state.load.add(batch.count)
            }
            if case .success(let stored) = result, stored.contains(true) { changes.notify([.deliveries]) }
            for (index, waiting) in batch.enumerated() {
                waiting.continuation.resume(returning: result.map { $0[index] })
            }
        }
    }

    /// `nil` when nobody waits: whoever comes next begins to write again.
    private func nextBatch() -> [Waiting]? {
        let (batch, closing) = state.withLock { state in
            let batch = state.takeBatch(limits)
            guard batch.isEmpty else { return (batch, [CheckedContinuation<Void, Never>]()) }
            state.isWriting = false
            defer { state.closing = [] }
            return (batch, state.closing)
        }
        for continuation in closing { continuation.resume() }
        return batch.isEmpty ? nil : batch
    }

    private static func insert(_ deliveries: [NewDelivery], _ db: Database, _ time: Int64) throws -> [Bool] {
        let insertRow = try db.cachedStatement(
            sql: """
                INSERT INTO delivery (repository, repositoryKey, hook, guid, event, receivedAt)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (repositoryKey, hook, guid) DO NOTHING
                """)
        let insertPayload = try db.cachedStatement(sql: "INSERT INTO payload (deliveryID, body) VALUES (?, ?)")
        return try deliveries.map { delivery in
            try insertRow.execute(arguments: [
                delivery.repository.description, delivery.repository.key, delivery.hook.description, delivery.guid,
                delivery.event, time,
            ])
            guard db.changesCount > 0 else { return false }
            try insertPayload.execute(arguments: [db.lastInsertedRowID, Data(delivery.payload)])
            return true
        }
    }
}
