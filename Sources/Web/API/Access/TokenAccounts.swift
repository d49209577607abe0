import Foundation
import GitHub
import HTTPTypes
import Logging
import OpenSSL

/// GitHub tokens → accounts. A token is used for one question, whose it is, and forgotten: what is kept for some minutes
/// is its hash and the answer.
actor TokenAccounts {
    /// Asks GitHub whose token it is.
    typealias Ask = @Sendable (GitHubToken) async throws(GitHubError) -> GitHubAccount

    private struct Known {
        /// `nil` for a token that GitHub refused.
        var account: GitHubAccount?
        var time: Date
    }

    /// How long an answer holds.
    private static let lifetime: TimeInterval = 300
    /// How long a refusal holds.
    private static let refusalLifetime: TimeInterval = 60
    /// How long an answer holds when GitHub cannot be asked.
    private static let emergencyLifetime: TimeInterval = 3600
    private static let capacity = 2000
    /// Questions to GitHub at the same time.
    private static let questionLimit = 16

    private let ask: Ask?
    private let now: @Sendable () -> Date
    private let logger: Logger
    private var known: [[UInt8]: Known] = [:]
    private var questions: [[UInt8]: Task<Result<GitHubAccount, GitHubError>, Never>] = [:]

    /// - Parameter ask: `nil` when no tokens are taken.
    init(ask: Ask?, now: @escaping @Sendable () -> Date, logger: Logger) {
        self.ask = ask
        self.now = now
        self.logger = logger
    }

    /// Whether tokens are taken at all.
    nonisolated var takesTokens: Bool { ask != nil }

    /// Whose token it is.
    ///
    /// - Parameter introduce: called before GitHub is asked about a token that is not known.
    func account(
        _ token: String, introduce: @Sendable () throws(APIProblem) -> Void
    ) async throws(APIProblem) -> GitHubAccount {
        guard let ask else {
            throw APIProblem(
                .unauthorized, "unauthorized", "This server takes no tokens.",
                wayOut: "Start it with a GitHub address, or use a browser.")
        }
        let hash = SHA256.hash(Array(token.utf8))
        let entry = known[hash]
        if let entry {
            let age = now().timeIntervalSince(entry.time)
            if let account = entry.account, (0..<Self.lifetime).contains(age) { return account }
            if entry.account == nil, (0..<Self.refusalLifetime).contains(age) { throw Self.refusal }
        }
        // One that was good some minutes ago is no stranger.
        if entry?.account == nil { try introduce() }
        guard questions[hash] != nil || questions.count < Self.questionLimit else { throw Self.unreachable }
        let question =
            questions[hash]
            ?? Task {
                do throws(GitHubError) {
                    return .success(try await ask(GitHubToken(token)))
                } catch {
                    return .failure(error)
                }
            }
        questions[hash] = question
        let result = await question.value
        questions[hash] = nil
        return try take(result, hash)
    }

    private func take(
        _ result: Result<GitHubAccount, GitHubError>, _ hash: [UInt8]
    ) throws(APIProblem) -> GitHubAccount {
        switch result {
        case .success(let account):
            keep(Known(account: account, time: now()), hash)
            return account
        case .failure(let error):
            switch error.kind {
            case .unauthorized, .forbidden, .notFound:
                keep(Known(account: nil, time: now()), hash)
                throw Self.refusal
            default:
                logger.warning("GitHub could not be asked whose token it is: \(error.message)")
                if let entry = known[hash], let account = entry.account,
                    now().timeIntervalSince(entry.time) < Self.emergencyLifetime
                {
                    return account
                }
                throw Self.unreachable
            }
        }
    }

    private func keep(_ entry: Known, _ hash: [UInt8]) {
        if known[hash] == nil, known.count >= Self.capacity {
            let oldest = known.sorted { $0.value.time < $1.value.time }.prefix(Self.capacity / 10)
            for (key, _) in oldest { known[key] = nil }
        }
        known[hash] = entry
    }

    private static var refusal: APIProblem {
        APIProblem(
            .unauthorized, "unauthorized", "GitHub does not accept this token as somebody's.",
            wayOut: "Send a personal access token that is valid; a token of an app's installation is nobody's.")
    }

    private static var unreachable: APIProblem {
        APIProblem(
            .serviceUnavailable, "github_unreachable", "GitHub could not be asked whose token this is.",
            wayOut: "Try again in a moment.", retryAfter: 5)
    }
}
