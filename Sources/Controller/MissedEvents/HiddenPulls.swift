import Synchronization

/// The numbers that GitHub does not show, such as those of a repository that was made anew under its name. They are asked for
/// one at a time, or they would cost a request each at every look and be in the way of others.
final class HiddenPulls: Sendable {
    private let numbers = Mutex<[Int64: Set<Int>]>([:])

    func add(_ number: Int, of projectID: Int64) {
        numbers.withLock { _ = $0[projectID, default: []].insert(number) }
    }

    /// What is to be asked for now.
    func next(of missing: [Int], in projectID: Int64, limit: Int) -> [Int] {
        let hidden = numbers.withLock { $0[projectID] ?? [] }
        let shown = missing.filter { !hidden.contains($0) }.prefix(limit)
        return shown + [missing.filter { hidden.contains($0) }.randomElement()].compactMap(\.self)
    }
}
