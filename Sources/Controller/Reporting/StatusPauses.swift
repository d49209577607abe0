import Foundation
import Synchronization

/// The projects for which nothing can be sent now, because what an hour or a minute may have is used up: trying each of
/// their statuses, and noting in the database that it has to wait, would be of no use.
final class StatusPauses: Sendable {
    private struct Pause {
        var end: Date
        var toldAt: Date
    }

    private let pauses = Mutex<[Int64: Pause]>([:])
    /// A pause ends when there is room for one more, and then the next one begins: it is told of so often.
    private static let tellingInterval: TimeInterval = 600

    /// - Returns: whether to tell of it.
    func add(_ projectID: Int64, until: Date) -> Bool {
        let now = Date()
        return pauses.withLock { pauses in
            let toldAt = pauses[projectID]?.toldAt
            let isNews = toldAt.map { now.timeIntervalSince($0) >= Self.tellingInterval } ?? true
            // A moment at least, or the next pass would follow at once.
            let end = max(until, now.addingTimeInterval(0.5))
            pauses[projectID] = Pause(end: end, toldAt: isNews ? now : toldAt ?? now)
            return isNews
        }
    }

    func contains(_ projectID: Int64, at time: Date) -> Bool {
        pauses.withLock { $0[projectID].map { $0.end > time } ?? false }
    }

    /// Those that wait still. One that is over is kept for as long as it need not be told of again.
    func projects(at time: Date) -> Set<Int64> {
        pauses.withLock { pauses in
            pauses = pauses.filter {
                $0.value.end > time || time.timeIntervalSince($0.value.toldAt) < Self.tellingInterval
            }
            return Set(pauses.lazy.filter { $0.value.end > time }.map(\.key))
        }
    }

    /// When the first of those that wait may go on.
    func next(after time: Date) -> Date? {
        pauses.withLock { $0.values.lazy.map(\.end).filter { $0 > time }.min() }
    }
}
