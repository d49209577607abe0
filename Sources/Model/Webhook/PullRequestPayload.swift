/// The part of a `pull_request` payload that decides about builds.
struct PullRequestPayload: Decodable {
    var action: String
    var before: String?
    var pullRequest: PullRequest
    var repository: Repository
    var sender: Account?
    var changes: Changes?

    /// Written out, because errors name the key as it stands in the payload.
    private enum CodingKeys: String, CodingKey {
        case action, before, repository, sender, changes
        case pullRequest = "pull_request"
    }

    struct PullRequest: Decodable {
        var number: Int
        var title: String?
        var body: String?
        var user: Account?
        var merged: Bool?
        var updatedAt: EventTime?
        var head: Side
        var base: Side

        private enum CodingKeys: String, CodingKey {
            case number, title, body, user, merged, head, base
            case updatedAt = "updated_at"
        }
    }

    struct Side: Decodable {
        /// The branch's bare name.
        var ref: String
        var sha: String
        /// Null when the fork was deleted.
        var repo: Repository?
    }

    /// What somebody edited, and what was there before.
    struct Changes: Decodable {
        var base: Base?
        var title: Text?
        var body: Text?

        struct Base: Decodable {}
        struct Text: Decodable { var from: String? }

        /// Whether hooks may run now that did not: for another base branch, or without the word that skipped them. Their
        /// statuses said that nothing had to run, which is no longer true.
        var decidesAnew: Bool {
            let texts = [title?.from, body?.from].compactMap(\.self)
            return base != nil || texts.contains { TriggerEvent.skipWord(in: $0) != nil }
        }
    }

    struct Repository: Decodable { var id: Int64 }
    struct Account: Decodable { var login: String? }

    /// The actions that bring a commit which may not have been built.
    private static let actions: Set<String> = ["opened", "synchronize", "reopened", "ready_for_review"]

    func event() throws(PayloadError) -> WebhookEvent {
        let request = pullRequest
        guard request.number > 0 else { throw PayloadError(key: "pull_request.number", "not a number above 0") }
        if action == "closed" {
            return .closed(
                pullRequest: request.number, merged: request.merged ?? false, at: request.updatedAt?.seconds)
        }
        let isEdited = action == "edited" && changes?.decidesAnew == true
        guard Self.actions.contains(action) || isEdited else {
            let isWord = action.utf8.count <= 64 && action.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            return .ignored("pull request #\(request.number): \(isWord ? "'\(action)'" : "that action") makes no build")
        }
        // Whatever is not certainly the project's own branch counts as a fork: those get no secrets.
        let isFork = request.head.repo?.id != repository.id
        let branch = try Payload.reference("refs/heads/\(request.head.ref)", key: "pull_request.head.ref")
        let base = try Payload.reference("refs/heads/\(request.base.ref)", key: "pull_request.base.ref")
        let texts = [request.title ?? "", request.body ?? ""].filter { !$0.isEmpty }
        let author = request.user?.login ?? "ghost"
        return .trigger(
            TriggerEvent(
                kind: .pullRequest, ref: isFork ? .pullRequest(request.number) : branch,
                commit: try Payload.commit(request.head.sha, key: "pull_request.head.sha"),
                message: Payload.cut(texts.joined(separator: "\n\n"), to: Payload.maximumMessage),
                authorName: Payload.cut(author, to: Payload.maximumName),
                authorLogin: request.user?.login.flatMap { AccountName($0) },
                sender: sender?.login.map { Payload.cut($0, to: Payload.maximumName) },
                pullRequest: request.number, baseBranch: base.shortName, baseCommit: baseCommit(),
                before: try previous(), happenedAt: request.updatedAt?.seconds, fromFork: isFork))
    }

    /// Only a hint about where to look for changes, so a strange one is no error.
    private func baseCommit() -> String? { try? Payload.commit(pullRequest.base.sha, key: "pull_request.base.sha") }

    private func previous() throws(PayloadError) -> String? {
        guard let before, !Payload.isZero(before) else { return nil }
        return try Payload.commit(before, key: "before")
    }
}
