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
    /// Whether it only waits behind others, which is no trouble.
    var isTurn = false

    /// What each of GitHub's answers means for a project.
    ///
    /// | answer | condition | next try |
    /// | --- | --- | --- |
    /// | 401, 403, 404, 422 | stalled: only a person can help | the usual pass |
    /// | 403 or 429 with a limit | reconciling | when GitHub says, else after a minute, then doubling to an hour |
    /// | none: kept below GitHub's limits | reconciling | when it is its turn |
    /// | 409, 5xx, cut connection, wrong JSON | reconciling | doubling, from 2 s to 5 minutes |
    init(_ error: GitHubError, repository: RepositoryName, now: Date = Date()) {
        switch error.kind {
        case .unauthorized:
            self.init(
                reason: "GitHub rejects the token: \(error.message). Put a valid one into the file of "
                    + "--github-token-file, which is then read again; one in KOZMIC_GITHUB_TOKEN needs a restart.",
                isStalled: true)
        case .forbidden:
            self.init(
                reason: "GitHub forbids it: \(error.message). The token needs admin rights on \(repository).",
                isStalled: true)
        case .notInstalled:
            self.init(
                reason:
                    "GitHub is not asked about \(repository): \(error.message). Install the app there, or resume it, "
                    + "and give it the repository.", isStalled: true)
        case .notFound:
            self.init(
                reason: "GitHub knows no repository \(repository), or the token has no admin rights on it. "
                    + "Correct the name in the admin repository, or give the token's account access.",
                isStalled: true)
        case .validation: self.init(reason: "GitHub refuses it: \(error.message)", isStalled: true)
        case .tooLarge, .invalidRequest:
            self.init(reason: "\(repository) cannot be compared: \(error.message)", isStalled: true)
        case .rateLimited(let until):
            self.init(
                reason: "GitHub's rate limit is used up; this goes on at \(Self.time(until)).", isStalled: false,
                retryAfter: .seconds(max(1, until.timeIntervalSince(now))))
        case .secondaryLimit(let wait):
            let until = now.addingTimeInterval(wait / .seconds(1))
            self.init(
                reason: "GitHub asks for fewer requests; this goes on at \(Self.time(until)).", isStalled: false,
                retryAfter: wait)
        case .paced(let until):
            self.init(
                reason: "Waits its turn until \(Self.time(until)): \(error.message).", isStalled: false,
                retryAfter: .seconds(max(1, until.timeIntervalSince(now))), isTurn: true)
        case .transport: self.init(reason: "GitHub cannot be reached: \(error.message)", isStalled: false)
        case .server: self.init(reason: "GitHub has trouble: \(error.message)", isStalled: false)
        case .http(409):
            self.init(reason: "GitHub is busy with another change: \(error.message)", isStalled: false)
        case .decoding, .http: self.init(reason: "GitHub does not answer well: \(error.message)", isStalled: false)
        case .cancelled: self.init(reason: "interrupted", isStalled: false)
        }
    }

    init(reason: String, isStalled: Bool, retryAfter: Duration? = nil, isTurn: Bool = false) {
        self.reason = reason
        self.isStalled = isStalled
        self.retryAfter = retryAfter
        self.isTurn = isTurn
    }

    private static func time(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle().time(includingFractionalSeconds: false)) + " UTC"
    }
}

extension GitHubError {
    /// Whether it is about one thing only, so that other parts of a project can go on.
    var isAboutOneThing: Bool {
        switch kind {
        case .validation, .notFound, .forbidden, .http: true
        default: false
        }
    }
}
