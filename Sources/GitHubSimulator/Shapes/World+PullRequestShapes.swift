extension World {
    /// A pull request. Right after an event GitHub has not looked yet whether it can be merged.
    func shape(
        _ pull: PullRequest, in repository: Repository, _ addresses: Addresses, isEvent: Bool = false
    ) -> JSON {
        let api = "\(addresses.repository(repository))/pulls/\(pull.number)"
        let web = "\(addresses.web)/\(repository.fullName)/pull/\(pull.number)"
        let source = pull.headRepository.flatMap { repositories[$0] }
        let isMerged = pull.mergeCommit != nil
        let first: JSON = [
            "url": .string(api), "id": .int(pull.id), "node_id": .string("PR_\(pull.id)"), "html_url": .string(web),
            "diff_url": .string("\(web).diff"), "patch_url": .string("\(web).patch"),
            "number": JSON(pull.number), "state": pull.isOpen ? "open" : "closed", "locked": false,
            "title": .string(pull.title), "user": simple(pull.user, addresses), "body": JSON(pull.body),
            "created_at": JSON(pull.createdAt), "updated_at": JSON(pull.updatedAt),
            "closed_at": JSON(pull.closedAt), "merged_at": isMerged ? JSON(pull.closedAt) : .null,
            "merge_commit_sha": JSON(pull.mergeCommit), "assignee": nil, "assignees": [],
        ]
        let head: JSON = [
            "label": .string("\(pull.headOwner):\(pull.headReference)"), "ref": .string(pull.headReference),
            "sha": .string(pull.headCommit), "user": source.map { simple($0.owner, addresses) } ?? .null,
            "repo": source.map { shape($0, addresses) } ?? .null,
        ]
        let base: JSON = [
            "label": .string("\(repository.owner.login):\(pull.baseReference)"), "ref": .string(pull.baseReference),
            "sha": .string(pull.baseCommit), "user": simple(repository.owner, addresses),
            "repo": shape(repository, addresses),
        ]
        let association: String =
            switch permission(of: pull.user, in: repository) {
            case .admin: "OWNER"
            case .triage, .push, .maintain: "COLLABORATOR"
            case .pull, nil: "NONE"
            }
        let isKnown = !isEvent && pull.isOpen
        let rest: JSON = [
            "draft": JSON(pull.isDraft), "head": head, "base": base,
            "author_association": .string(association), "auto_merge": nil, "active_lock_reason": nil,
            "merged": JSON(isMerged), "mergeable": isKnown ? true : nil, "rebaseable": isKnown ? true : nil,
            "mergeable_state": isKnown ? "clean" : "unknown",
            "merged_by": pull.mergedBy.map { simple($0, addresses) } ?? .null, "comments": JSON(pull.comments.count),
            "maintainer_can_modify": false,
        ]
        return first.adding(rest)
    }
}
