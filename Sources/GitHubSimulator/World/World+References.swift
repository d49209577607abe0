import Foundation

/// A reference that is somewhere else than before.
struct ReferenceMove: Sendable {
    let name: String
    let before: ReferenceTarget?
    let after: ReferenceTarget?

    var shortName: String { String(name.drop { $0 != "/" }.dropFirst().drop { $0 != "/" }.dropFirst()) }
    var isTag: Bool { name.hasPrefix("refs/tags/") }
}

extension World {
    /// More tags than this in one push make no events at all.
    static let tagLimit = 3

    /// Runs what moves references of a repository, alone, and tells the webhooks and pull requests what moved.
    /// - Parameter isSilent: no webhook hears of it; pull requests still follow their branches.
    func movingReferences<Result: Sendable>(
        of repository: Repository, sender: Account, isSilent: Bool = false,
        _ body: @Sendable (Int64) async throws -> Result
    ) async throws -> Result {
        await repository.lock.acquire()
        defer { repository.lock.release() }
        let before = try await git.references(repository.id)
        do {
            let result = try await body(repository.id)
            try await announce(repository, since: before, sender: sender, isSilent: isSilent)
            return result
        } catch {
            // What did move before the failure has moved.
            try? await announce(repository, since: before, sender: sender, isSilent: isSilent)
            throw error
        }
    }

    /// Compares with what was before, tells the webhooks, and moves pull requests along. The lock must be held.
    func announce(
        _ repository: Repository, since before: [String: ReferenceTarget], sender: Account, isSilent: Bool
    ) async throws {
        let after = try await git.references(repository.id)
        let moves = Set(before.keys).union(after.keys).sorted().compactMap { name -> ReferenceMove? in
            guard name.hasPrefix("refs/heads/") || name.hasPrefix("refs/tags/"), before[name] != after[name] else {
                return nil
            }
            return ReferenceMove(name: name, before: before[name], after: after[name])
        }
        guard !moves.isEmpty else { return }
        repository.pushedAt = Date()
        repository.updatedAt = Date()
        let tagsCount = moves.filter(\.isTag).count
        for move in moves where !isSilent && (!move.isTag || tagsCount <= Self.tagLimit) {
            try await announce(move, in: repository, among: after, sender: sender)
        }
        for move in moves where !move.isTag {
            try await followPullRequests(of: repository, move, sender: sender, isSilent: isSilent)
        }
    }

    private func announce(
        _ move: ReferenceMove, in repository: Repository, among references: [String: ReferenceTarget], sender: Account
    ) async throws {
        guard repository.hooks.contains(where: \.isActive) else { return }
        let kind = move.isTag ? "tag" : "branch"
        let push = try await pushPayload(move, in: repository, among: references, sender: sender)
        if move.before == nil {
            emit(
                "create",
                [
                    "ref": .string(move.shortName), "ref_type": .string(kind),
                    "master_branch": .string(repository.defaultBranch), "description": JSON(repository.description),
                    "pusher_type": "user",
                ], in: repository, sender: sender)
        }
        if move.after == nil {
            emit(
                "delete", ["ref": .string(move.shortName), "ref_type": .string(kind), "pusher_type": "user"],
                in: repository, sender: sender)
        }
        emit("push", push, in: repository, sender: sender)
        try await announceMergeGroup(move, in: repository, among: references, sender: sender)
    }

    /// Answers the description of the repository that a push event carries, for the test of a webhook as well.
    func pushPayload(
        _ move: ReferenceMove, in repository: Repository, among references: [String: ReferenceTarget], sender: Account
    ) async throws -> JSON {
        let id = repository.id
        let others = references.filter { $0.key.hasPrefix("refs/heads/") && $0.key != move.name }
        var commits: [HistoryEntry] = []
        var head: HistoryEntry?
        var isForced = false
        var baseReference: String?
        if let after = move.after {
            head = try await git.history([after.commit], limit: 1, in: id).last
            if move.isTag {
                baseReference = Self.branch(at: after.commit, among: others, preferring: repository.defaultBranch)
            } else if let before = move.before {
                commits = try await git.history([after.commit, "^\(before.commit)"], in: id)
                isForced = !(await git.isAncestor(before.commit, of: after.commit, in: id))
            } else {
                commits = try await git.history([after.commit] + Set(others.values.map { "^\($0.commit)" }), in: id)
                if commits.isEmpty {
                    baseReference = Self.branch(at: after.commit, among: others, preferring: repository.defaultBranch)
                }
            }
        }
        let web = addresses.web + "/" + repository.fullName
        let before = move.before?.object ?? GitRunner.zeros
        let after = move.after?.object ?? GitRunner.zeros
        let compare =
            move.before == nil
            ? (commits.count == 1 ? "commit/\(after)" : "compare/\(move.shortName)")
            : "compare/\(before.prefix(12))...\(after.prefix(12))"
        return [
            "ref": .string(move.name), "before": .string(before), "after": .string(after),
            "repository": pushRepository(repository),
            "pusher": ["name": .string(sender.login), "email": .string(sender.email)],
            "sender": simple(sender, addresses),
            "created": JSON(move.before == nil), "deleted": JSON(move.after == nil), "forced": JSON(isForced),
            "base_ref": JSON(baseReference), "compare": .string("\(web)/\(compare)"),
            "commits": .array(commits.map { pushCommit($0, web: web) }),
            "head_commit": head.map { pushCommit($0, web: web) } ?? .null,
        ]
    }

    private static func branch(
        at commit: String, among branches: [String: ReferenceTarget], preferring preferred: String
    ) -> String? {
        let found = branches.filter { $0.value.commit == commit }.keys.sorted()
        return found.first { $0 == "refs/heads/\(preferred)" } ?? found.first
    }

    private func pushCommit(_ entry: HistoryEntry, web: String) -> JSON {
        [
            "id": .string(entry.id), "tree_id": .string(entry.tree), "distinct": true,
            "message": .string(entry.message), "timestamp": .string(entry.authorDate),
            "url": .string("\(web)/commit/\(entry.id)"),
            "author": person(entry.authorName, entry.authorEmail, entry.authorDate),
            "committer": person(entry.committerName, entry.committerEmail, entry.committerDate),
            "added": JSON(entry.added), "removed": JSON(entry.removed), "modified": JSON(entry.modified),
        ]
    }

    /// `username` is there only when an account has this address.
    private func person(_ name: String, _ email: String, _ date: String) -> JSON {
        let known: JSON = account(email: email).map { ["username": .string($0.login)] } ?? [:]
        return JSON.object([
            .init(name: "name", value: .string(name)), .init(name: "email", value: .string(email)),
            .init(name: "date", value: .string(date)),
        ]).adding(known)
    }
}
