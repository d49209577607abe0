import Foundation
import GitHub
import Logging
import Model
import OpenSSL
import Synchronization

/// Shows previews on GitHub: one comment and one status for each pull request, written only when they differ from what
/// is there. What is there is the only memory that counts; what this process wrote is remembered to spare reads.
struct PreviewPublisher: Sendable {
    private let repository: RepositoryName
    private let client: GitHubClient
    private let logger: Logger
    private let memory = Memory()

    init(repository: RepositoryName, client: GitHubClient, logger: Logger) {
        self.repository = repository
        self.client = client
        self.logger = logger
    }

    /// - Parameters:
    ///   - looksAgain: compare with what GitHub shows also what this process wrote itself: somebody may have deleted it.
    ///   - fallbackURL: where the status leads when there is no comment.
    func publish(
        _ number: Int, _ preview: Preview, body: String, looksAgain: Bool, fallbackURL: String
    ) async throws(GitHubError) {
        var target = fallbackURL
        do {
            target = try await comment(number, body, looksAgain: looksAgain) ?? fallbackURL
        } catch {
            // A locked conversation takes no comments, and some tokens may write statuses only.
            guard error.isAboutOneThing else { throw error }
            logger.warning("pull request #\(number) of \(repository) takes no comment: \(error)")
        }
        try await show(preview.status(targetURL: target), on: preview.head, looksAgain: looksAgain)
    }

    /// Sets a status unless it is the newest one of its context.
    func show(_ status: GitHubStatus, on commit: String, looksAgain: Bool) async throws(GitHubError) {
        let key = "\(commit) \(status.context)"
        if !looksAgain, memory.status(key) == status { return }
        let shown = try await client.statuses("\(repository)", ref: commit).first { $0.context == status.context }
        if shown != status { try await client.createStatus("\(repository)", sha: commit, status) }
        memory.note(status, key)
    }

    /// Answers the comment's page.
    private func comment(_ number: Int, _ body: String, looksAgain: Bool) async throws(GitHubError) -> String? {
        let wanted = Self.signed(body)
        if let known = memory.comment(number) {
            if !looksAgain, known.body == wanted { return known.url }
            do {
                if !looksAgain {
                    return memory.note(
                        try await client.updateComment("\(repository)", known.id, wanted), wanted, number)
                }
            } catch {
                guard error.kind == .notFound else { throw error }
            }
        }
        let ours = try await ours(number)
        guard let first = ours.first else {
            return memory.note(try await client.createComment("\(repository)", issue: number, wanted), wanted, number)
        }
        // GitHub may keep the text a little differently, but not the digest in it.
        if let digest = Self.digest(of: wanted), first.body?.contains(digest) == true {
            return memory.note(first, wanted, number)
        }
        return memory.note(try await client.updateComment("\(repository)", first.id, wanted), wanted, number)
    }

    /// The comments with the marker that our own account wrote: anybody could write the marker.
    private func ours(_ number: Int) async throws(GitHubError) -> [GitHubComment] {
        let login = try await viewer()
        return try await client.comments("\(repository)", issue: number).filter { comment in
            guard comment.body?.hasPrefix(PreviewComment.marker) == true, let user = comment.user else { return false }
            return login.map { $0.lowercased() == user.login.lowercased() } ?? (user.type == "Bot")
        }
    }

    /// `nil` for the token of an app, which belongs to no account.
    private func viewer() async throws(GitHubError) -> String? {
        if let known = memory.viewer { return known }
        do {
            let login = try await client.user().login
            memory.noteViewer(login)
            return login
        } catch {
            guard error.kind == .forbidden else { throw error }
            return nil
        }
    }

    /// The text with its own digest in a second line that nobody sees.
    private static func signed(_ body: String) -> String {
        let hash = Hex.encode(SHA256.hash(Array(body.utf8)).prefix(8))
        return body.replacing(
            PreviewComment.marker, with: "\(PreviewComment.marker)\n<!-- \(hash) -->", maxReplacements: 1)
    }

    private static func digest(of signed: String) -> String? {
        signed.split(separator: "\n").dropFirst().first.map(String.init)
    }
}

/// What this process wrote.
private final class Memory: Sendable {
    struct Comment {
        var id: Int64
        var url: String?
        var body: String
    }

    private struct State {
        var comments: [Int: Comment] = [:]
        var statuses: [String: GitHubStatus] = [:]
        var viewer: String?
    }

    private let state = Mutex(State())

    var viewer: String? { state.withLock { $0.viewer } }

    func noteViewer(_ login: String) { state.withLock { $0.viewer = login } }

    func comment(_ number: Int) -> Comment? { state.withLock { $0.comments[number] } }

    func note(_ comment: GitHubComment, _ body: String, _ number: Int) -> String? {
        state.withLock { $0.comments[number] = Comment(id: comment.id, url: comment.htmlURL, body: body) }
        return comment.htmlURL
    }

    func status(_ key: String) -> GitHubStatus? { state.withLock { $0.statuses[key] } }

    func note(_ status: GitHubStatus, _ key: String) {
        state.withLock { state in
            // Commits come and go; what is forgotten is read again.
            if state.statuses.count > 500 { state.statuses = [:] }
            state.statuses[key] = status
        }
    }
}
