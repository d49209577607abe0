import Foundation
import GitHub
import Model

/// Why a project could not be made as declared, and when to try again.
struct ReconcileProblem: Error, Sendable {
    /// One sentence with the way out.
    var reason: String
    /// Whether somebody has to do something; otherwise it is expected to pass.
    var isStalled: Bool
    /// GitHub's own wish; `nil` for the usual back-off.
    var retryAfter: Duration?

    init(_ error: GitHubError, repository: RepositoryName, isActive: Bool) {
        switch error.kind {
        case .unauthorized:
            self.init(
                reason: "GitHub rejects the token: \(error.message). Set a valid one with --github-token-file.",
                isStalled: true)
        case .forbidden:
            self.init(
                reason: "GitHub forbids it: \(error.message). The token needs admin rights on \(repository).",
                isStalled: true)
        case .notFound:
            self.init(
                reason: "GitHub knows no repository \(repository), or the token has no admin rights on it. "
                    + "Correct the name in the admin repository, or give the token's account access.",
                isStalled: true)
        case .validation:
            self.init(reason: "GitHub refuses it: \(error.message)", isStalled: true)
        case .rateLimited(let until):
            self.init(
                reason: "GitHub's rate limit is used up", isStalled: false,
                retryAfter: .seconds(max(1, until.timeIntervalSinceNow)))
        case .secondaryLimit(let wait):
            self.init(reason: "GitHub asks for fewer requests", isStalled: false, retryAfter: wait)
        default:
            self.init(reason: "GitHub does not answer well: \(error.message)", isStalled: false)
        }
    }

    init(reason: String, isStalled: Bool, retryAfter: Duration? = nil) {
        self.reason = reason
        self.isStalled = isStalled
        self.retryAfter = retryAfter
    }
}
