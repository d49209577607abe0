import Foundation
import Reconciler
import Synchronization

/// What stored baselines say, by project. A pass over all projects needs each of them, and they seldom change: to read the
/// text anew took longer than to compare what it says.
final class KnownBaselines: Sendable {
    private struct Known {
        let text: Int
        let baseline: Baseline
    }

    private let known = Mutex<[Int64: Known]>([:])

    /// What a stored text says. One of an older version, which cannot be read, is like none: nothing is taken for drift.
    func read(_ text: String?, of projectID: Int64) -> Baseline? {
        guard let text else {
            known.withLock { $0[projectID] = nil }
            return nil
        }
        let hash = text.hashValue
        if let known = known.withLock({ $0[projectID] }), known.text == hash { return known.baseline }
        guard let baseline = Self.read(text) else { return nil }
        known.withLock { $0[projectID] = Known(text: hash, baseline: baseline) }
        return baseline
    }

    /// The same for whoever looks once.
    static func read(_ text: String) -> Baseline? {
        try? JSONDecoder().decode(Baseline.self, from: Data(text.utf8))
    }
}
