import Synchronization

/// What somebody waits for goes before what is only looked at again: while a new revision is being applied, or projects that
/// changed are being looked at, a full pass begins nothing new. Both want the same processors, and the same GitHub.
final class RightOfWay: Sendable {
    private let underWay = Atomic(0)

    /// Something begins that has the right of way; `leave` ends it.
    func enter() { underWay.add(1, ordering: .relaxed) }

    /// It is done, or given up.
    func leave() { underWay.subtract(1, ordering: .relaxed) }

    /// Waits until nothing goes first, or until there has been patience enough, or the task is cancelled.
    func giveWay(until end: ContinuousClock.Instant) async {
        // Looked at again and again, and not told: it is rare and short, and nothing can be forgotten to be woken.
        while underWay.load(ordering: .relaxed) > 0, .now < end {
            guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return }
        }
    }
}
