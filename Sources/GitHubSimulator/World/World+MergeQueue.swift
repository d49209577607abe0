import Foundation

/// The branches of a merge queue. Who plays the queue makes and removes `gh-readonly-queue/<base>/…`; the events that
/// GitHub sends for its groups follow from that.
extension World {
    private static let queue = "refs/heads/gh-readonly-queue/"

    /// Sends `merge_group` for a branch of the queue that came or went.
    func announceMergeGroup(
        _ move: ReferenceMove, in repository: Repository, among references: [String: ReferenceTarget], sender: Account
    ) async throws {
        guard move.name.hasPrefix(Self.queue), let commit = (move.after ?? move.before)?.commit,
            let slash = move.name.lastIndex(of: "/"),
            slash > move.name.index(move.name.startIndex, offsetBy: Self.queue.count)
        else { return }
        let base = "refs/heads/" + move.name[..<slash].dropFirst(Self.queue.count)
        guard let target = references[base]?.commit,
            let head = try await git.history([commit], limit: 1, in: repository.id).last
        else { return }
        let parent = try await git.line(["merge-base", commit, target], in: repository.id)
        var payload: JSON = [
            "merge_group": [
                "head_sha": .string(commit), "head_ref": .string(move.name), "base_sha": .string(parent),
                "base_ref": .string(base),
                "head_commit": [
                    "id": .string(head.id), "tree_id": .string(head.tree), "message": .string(head.message),
                    "timestamp": .string(head.authorDate),
                    "author": ["name": .string(head.authorName), "email": .string(head.authorEmail)],
                    "committer": ["name": .string(head.committerName), "email": .string(head.committerEmail)],
                ],
            ]
        ]
        if move.after == nil {
            // Merged when the base branch has the commit; thrown out of the queue otherwise.
            let isMerged = await git.isAncestor(commit, of: target, in: repository.id)
            payload = payload.adding(["reason": .string(isMerged ? "merged" : "dequeued")])
        }
        emit(
            "merge_group", action: move.after == nil ? "destroyed" : "checks_requested", payload, in: repository,
            sender: sender)
    }
}
