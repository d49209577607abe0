import Foundation
import HTTPTypes

/// How many searches run at once, in all logs: half of the processors, so that pages come meanwhile. Some may wait.
actor SearchSlots {
    private var free: Int
    private let room: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// The searches of each caller that run or wait: one person's must not keep everybody's waiting.
    private var own: [String: Int] = [:]
    private static let mostOfOne = 2

    /// - Parameters:
    ///   - count: that run.
    ///   - room: for those that wait; each of them has its turn after a few seconds.
    init(count: Int = max(1, ProcessInfo.processInfo.activeProcessorCount / 2), room: Int = 8) {
        free = count
        self.room = room
    }

    /// Runs a search when there is a slot.
    ///
    /// - Parameter caller: whose it is.
    /// - Throws: `APIProblem`, 503, when too many wait already, or two of the caller's; and what the search throws.
    func run<Value: Sendable>(
        for caller: String, _ search: @Sendable () async throws -> Value
    ) async throws -> Value {
        guard own[caller, default: 0] < Self.mostOfOne else { throw Self.busy }
        own[caller, default: 0] += 1
        defer { own[caller] = own[caller].flatMap { $0 > 1 ? $0 - 1 : nil } }
        if free > 0 {
            free -= 1
        } else {
            guard waiting.count < room else { throw Self.busy }
            // Who leaves hands the slot on.
            await withCheckedContinuation { waiting.append($0) }
        }
        defer { leave() }
        try Task.checkCancellation()
        return try await search()
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }

    private static var busy: APIProblem {
        APIProblem(
            .serviceUnavailable, "busy", "Too many logs are being searched at once.", wayOut: "Try again in 5 s.",
            retryAfter: 5)
    }
}
