@testable import Controller

extension ReconcileLoop {
    /// What is urgent, then all the rest. Answers when something is urgent again.
    func pass() async -> Duration? {
        let next = await passOverChanges()
        _ = await passOverAll()
        return next
    }
}

extension MissedEvents {
    /// Heads, then lists. Answers when the next heads are due.
    func pass() async -> Duration? {
        let next = await passOverHeads()
        _ = await passOverLists()
        return next
    }
}
