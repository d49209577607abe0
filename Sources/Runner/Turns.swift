/// Lets one task at a time do something about a key; the others wait in the order in which they came.
///
/// The work itself happens outside the actor, so that different keys do not wait for each other.
actor Turns<Key: Hashable & Sendable> {
    private struct Waiting {
        let ticket: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private var queues: [Key: [Waiting]] = [:]
    private var tickets = 0

    /// Does the work when its turn comes.
    nonisolated func take<Result: Sendable>(
        _ key: Key, _ work: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await begin(key)
        do {
            let result = try await work()
            await end(key)
            return result
        } catch {
            await end(key)
            throw error
        }
    }

    /// Does the work if nobody has the turn; `nil` without waiting when somebody has.
    nonisolated func takeIfFree<Result: Sendable>(
        _ key: Key, _ work: @Sendable () async throws -> Result
    ) async throws -> Result? {
        guard await tryBegin(key) else { return nil }
        do {
            let result = try await work()
            await end(key)
            return result
        } catch {
            await end(key)
            throw error
        }
    }

    /// Waits for the turn; who gets it has to `end` it.
    ///
    /// - Parameter whenWaiting: called once, before waiting for somebody else.
    /// - Throws: `CancellationError` when the task was cancelled while it waited, and what `whenWaiting` throws.
    nonisolated func begin(_ key: Key, whenWaiting: @Sendable () async throws -> Void) async throws {
        if await tryBegin(key) { return }
        try await whenWaiting()
        try await begin(key)
    }

    private func tryBegin(_ key: Key) -> Bool {
        guard queues[key] == nil else { return false }
        queues[key] = []
        return true
    }

    /// Waits for the turn; who gets it has to `end` it.
    func begin(_ key: Key) async throws {
        if tryBegin(key) { return }
        tickets += 1
        let ticket = tickets
        let hasTurn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(returning: false)
                } else {
                    queues[key, default: []].append(Waiting(ticket: ticket, continuation: continuation))
                }
            }
        } onCancel: {
            Task { await self.leave(key, ticket: ticket) }
        }
        guard hasTurn else { throw CancellationError() }
    }

    /// A waiting task that was cancelled; one that got its turn in the meantime keeps it and ends it.
    private func leave(_ key: Key, ticket: Int) {
        guard let index = queues[key]?.firstIndex(where: { $0.ticket == ticket }) else { return }
        queues[key]?.remove(at: index).continuation.resume(returning: false)
    }

    /// Gives the turn to whoever waits longest.
    func end(_ key: Key) {
        guard var queue = queues[key], !queue.isEmpty else {
            queues[key] = nil
            return
        }
        let first = queue.removeFirst()
        queues[key] = queue
        first.continuation.resume(returning: true)
    }
}
