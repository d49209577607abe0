import Reconciler
import Synchronization

/// Which stored texts stand for which observations, by hash. Most passes see what the last one saw; to write it as a text
/// once more, only to find it equal, takes longer than the rest of what is done with it.
final class SeenBefore: Sendable {
    private struct Pair: Hashable {
        let text: Int
        let value: Int

        init(_ text: String, _ value: ObservedRepository) {
            self.text = text.hashValue
            self.value = value.hashValue
        }
    }

    private let pairs = Mutex<[Int64: Pair]>([:])

    /// Whether this text is known to stand for this observation of the project.
    func has(_ projectID: Int64, _ text: String, _ value: ObservedRepository) -> Bool {
        let pair = Pair(text, value)
        return pairs.withLock { $0[projectID] == pair }
    }

    /// This text was made of this observation.
    func note(_ projectID: Int64, _ text: String, _ value: ObservedRepository) {
        let pair = Pair(text, value)
        pairs.withLock { $0[projectID] = pair }
    }
}
