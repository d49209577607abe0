import Foundation
import Synchronization

/// Every request passes here before it is sent.
///
/// Once GitHub said that it wants no requests until some time, none is sent: those who go on asking are shut out for
/// longer. Writes will be paced here too (GitHub asks for no more than 80 a minute).
final class RequestGate: Sendable {
    private let now: @Sendable () -> Date
    private let closed = Mutex<(until: Date, error: GitHubError)?>(nil)

    init(now: @escaping @Sendable () -> Date) { self.now = now }

    /// - Throws: the error that closed the gate, with what remains of the wait.
    func pass() throws(GitHubError) {
        let now = now()
        let reason: GitHubError? = closed.withLock { closed in
            guard let entry = closed, entry.until > now else {
                closed = nil
                return nil
            }
            var error = entry.error
            error.wasNeverSent = true
            if case .secondaryLimit = error.kind {
                error.kind = .secondaryLimit(retryAfter: .seconds(entry.until.timeIntervalSince(now)))
            }
            return error
        }
        if let reason { throw reason }
    }

    /// Closes the gate when GitHub's answer asks for it.
    func note(_ error: GitHubError) {
        let until: Date
        switch error.kind {
        case .rateLimited(let date): until = date
        case .secondaryLimit(let wait): until = now().addingTimeInterval(wait / .seconds(1))
        default: return
        }
        closed.withLock { closed in
            if let entry = closed, entry.until >= until { return }
            closed = (until, error)
        }
    }
}
