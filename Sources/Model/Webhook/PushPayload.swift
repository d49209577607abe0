/// The part of a `push` payload that decides about builds.
struct PushPayload: Decodable {
    var ref: String
    var before: String?
    var after: String
    var deleted: Bool?
    /// Null when the reference was deleted, or names something that is no commit.
    var headCommit: HeadCommit?
    var pusher: Pusher?
    var sender: Account?
    var repository: Repository?

    /// Written out, because errors name the key as it stands in the payload.
    private enum CodingKeys: String, CodingKey {
        case ref, before, after, deleted, pusher, sender, repository
        case headCommit = "head_commit"
    }

    struct HeadCommit: Decodable {
        var id: String
        var message: String?
        var author: Author?
    }

    struct Author: Decodable {
        var name: String?
        var email: String?
        /// Only when an account has this address.
        var username: String?
    }

    struct Repository: Decodable {
        var pushedAt: EventTime?

        private enum CodingKeys: String, CodingKey { case pushedAt = "pushed_at" }
    }

    struct Pusher: Decodable { var name: String? }
    struct Account: Decodable { var login: String? }

    func event() throws(PayloadError) -> WebhookEvent {
        let ref = try Payload.reference(ref, key: "ref")
        let what: String
        switch ref.kind {
        case .branch(let name): what = "branch \(name)"
        case .tag(let name): what = "tag \(name)"
        case .pullRequest, .other: return .ignored("\(ref) is neither a branch nor a tag")
        }
        if deleted == true || Payload.isZero(after) { return .deleted(ref, at: repository?.pushedAt?.seconds) }
        guard let head = headCommit else { return .ignored("the \(what) names no commit") }
        let name = head.author?.name ?? ""
        return .trigger(
            TriggerEvent(
                kind: .push, ref: ref,
                // Of an annotated tag, `after` is the tag object's id.
                commit: try Payload.commit(head.id, key: "head_commit.id"),
                message: Payload.cut(head.message ?? "", to: Payload.maximumMessage),
                authorName: Payload.cut(name, to: Payload.maximumName),
                authorEmail: head.author?.email.map { Payload.cut($0, to: Payload.maximumName) },
                authorLogin: head.author?.username.flatMap { AccountName($0) },
                sender: (sender?.login ?? pusher?.name).map { Payload.cut($0, to: Payload.maximumName) },
                before: try previous(), happenedAt: repository?.pushedAt?.seconds))
    }

    /// Zeros stand for a reference that did not exist before.
    private func previous() throws(PayloadError) -> String? {
        guard let before, !Payload.isZero(before) else { return nil }
        return try Payload.commit(before, key: "before")
    }
}
