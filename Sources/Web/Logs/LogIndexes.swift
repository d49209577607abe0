import Store
import Synchronization

/// The indexes of the logs that were looked at lately.
final class LogIndexes: Sendable {
    private static let limit = 256

    private struct Kept {
        var index: LogIndex
        var lastUse: Int
    }

    private struct State {
        var kept: [Int64: Kept] = [:]
        var uses = 0
    }

    private let logs: LogFiles
    private let state = Mutex(State())

    init(_ logs: LogFiles) { self.logs = logs }

    /// The index of a job's log; call its `update` before use.
    func index(of jobID: Int64) -> LogIndex {
        state.withLock { state in
            state.uses += 1
            if let index = state.kept[jobID]?.index {
                state.kept[jobID]?.lastUse = state.uses
                return index
            }
            if state.kept.count >= Self.limit, let oldest = state.kept.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.kept[oldest.key] = nil
            }
            let index = LogIndex(logs, jobID)
            state.kept[jobID] = Kept(index: index, lastUse: state.uses)
            return index
        }
    }
}
