/// The part of a `merge_group` payload that decides about builds.
struct MergeGroupPayload: Decodable {
    var action: String
    /// Why a group is no more: `merged`, `invalidated` or `dequeued`.
    var reason: String?
    var mergeGroup: MergeGroup
    var sender: Account?

    /// Written out, because errors name the key as it stands in the payload.
    private enum CodingKeys: String, CodingKey {
        case action, reason, sender
        case mergeGroup = "merge_group"
    }

    struct MergeGroup: Decodable {
        var headSHA: String
        var headRef: String
        var baseSHA: String?
        var baseRef: String
        var headCommit: HeadCommit?

        private enum CodingKeys: String, CodingKey {
            case headSHA = "head_sha"
            case headRef = "head_ref"
            case baseSHA = "base_sha"
            case baseRef = "base_ref"
            case headCommit = "head_commit"
        }
    }

    struct HeadCommit: Decodable {
        var message: String?
        var author: Author?
    }

    struct Author: Decodable {
        var name: String?
        var email: String?
    }

    struct Account: Decodable { var login: String? }

    func event() throws(PayloadError) -> WebhookEvent {
        let ref = try Payload.reference(mergeGroup.headRef, key: "merge_group.head_ref")
        guard case .branch = ref.kind else { throw PayloadError(key: "merge_group.head_ref", "not a branch") }
        switch action {
        case "checks_requested": return try requested(ref)
        case "destroyed": return .mergeGroupEnded(ref, reason: Payload.word(reason ?? "") ?? "destroyed")
        default:
            return .ignored("merge group: \(Payload.word(action).map { "'\($0)'" } ?? "that action") makes no build")
        }
    }

    private func requested(_ ref: GitRef) throws(PayloadError) -> WebhookEvent {
        let base = try Payload.reference(mergeGroup.baseRef, key: "merge_group.base_ref")
        let commit = mergeGroup.headCommit
        return .trigger(
            TriggerEvent(
                kind: .mergeGroup, ref: ref,
                commit: try Payload.commit(mergeGroup.headSHA, key: "merge_group.head_sha"),
                message: Payload.cut(commit?.message ?? "", to: Payload.maximumMessage),
                authorName: Payload.cut(commit?.author?.name ?? "", to: Payload.maximumName),
                authorEmail: commit?.author?.email.map { Payload.cut($0, to: Payload.maximumName) },
                sender: sender?.login.map { Payload.cut($0, to: Payload.maximumName) },
                baseBranch: base.shortName, baseCommit: baseCommit()))
    }

    /// Only a hint about where to look for changes, so a strange one is no error.
    private func baseCommit() -> String? {
        mergeGroup.baseSHA.flatMap { try? Payload.commit($0, key: "merge_group.base_sha") }
    }
}
