import Foundation

extension World {
    /// Opens a pull request; the head must be a commit of the head repository's branch.
    /// - Throws: ``RESTFailure`` with what GitHub would say.
    func openPullRequest(
        in repository: Repository, title: String, body: String?, head: String, base: String, user: Account,
        isDraft: Bool
    ) async throws -> PullRequest {
        let parts = head.split(separator: ":", maxSplits: 1).map(String.init)
        let branch = parts.last ?? ""
        let source = parts.count == 2 ? headRepository(owner: parts[0], for: repository) : repository
        guard let source, permission(of: user, in: source) != nil,
            let headCommit = await git.commit(of: branch, in: source.id)
        else { throw RESTFailure.invalid("PullRequest", field: "head") }
        guard let baseCommit = await git.commit(of: base, in: repository.id) else {
            throw RESTFailure.invalid("PullRequest", field: "base")
        }
        if repository.pulls.contains(where: {
            $0.isOpen && $0.headRepository == source.id && $0.headReference == branch && $0.baseReference == base
        }) {
            let label = "\(source.owner.login):\(branch)"
            throw RESTFailure.custom("PullRequest", "A pull request already exists for \(label).")
        }
        let number = (repository.pulls.map(\.number).max() ?? 0) + 1
        let pull = PullRequest(
            id: nextID(), number: number, title: title, body: body, user: user, isDraft: isDraft,
            headRepository: source.id, headOwner: source.owner.login, headReference: branch, headCommit: headCommit,
            baseReference: base, baseCommit: baseCommit)
        // Kept before the wait, so that two racing requests get two numbers.
        repository.pulls.append(pull)
        try await git.copy(
            commit: headCommit, from: source.id, to: "refs/pull/\(number)/head", in: repository.id)
        if try await git.count([headCommit, "^\(baseCommit)"], in: repository.id) == 0 {
            repository.pulls.removeAll { $0 === pull }
            try await git.setReference("refs/pull/\(number)/head", to: nil, in: repository.id)
            throw RESTFailure.custom("PullRequest", "No commits between \(base) and \(branch)")
        }
        emitPullRequest("opened", pull, in: repository, sender: user)
        return pull
    }

    private func headRepository(owner: String, for base: Repository) -> Repository? {
        if base.owner.key == owner.lowercased() { return base }
        return repositories.values.first { $0.owner.key == owner.lowercased() && $0.parent == base.id }
    }

    /// Closes or reopens; nothing happens when it already is as wanted.
    func setPullRequest(_ pull: PullRequest, in repository: Repository, isOpen: Bool, sender: Account) throws {
        guard pull.isOpen != isOpen else { return }
        guard !isOpen || (pull.mergeCommit == nil && pull.headRepository != nil) else {
            throw RESTFailure.custom("PullRequest", "state cannot be changed.")
        }
        pull.isOpen = isOpen
        pull.updatedAt = Date()
        pull.closedAt = isOpen ? nil : Date()
        emitPullRequest(isOpen ? "reopened" : "closed", pull, in: repository, sender: sender)
    }

    /// Merges into the base branch, which makes its own push.
    func merge(_ pull: PullRequest, in repository: Repository, sender: Account) async throws -> String {
        guard pull.isOpen else { throw RESTFailure(405, "Pull Request is not mergeable") }
        let (head, base) = (pull.headCommit, pull.baseReference)
        let message = "Merge pull request #\(pull.number) from \(pull.headOwner)/\(pull.headReference)\n\n\(pull.title)"
        let git = git
        let merged: String
        do {
            merged = try await movingReferences(of: repository, sender: sender) { id in
                let tip = try await git.line(["rev-parse", "refs/heads/\(base)"], in: id)
                let merged = try await git.merge(head, into: tip, message: message, in: id)
                try await git.setReference("refs/heads/\(base)", to: merged, in: id)
                return merged
            }
        } catch is GitFailure {
            throw RESTFailure(405, "Pull Request is not mergeable")
        }
        pull.isOpen = false
        pull.mergeCommit = merged
        pull.mergedBy = sender
        pull.closedAt = Date()
        pull.updatedAt = Date()
        emitPullRequest("closed", pull, in: repository, sender: sender)
        return merged
    }

    /// After a branch moved: its open pull requests get the new commit, or are closed when it is gone.
    func followPullRequests(
        of source: Repository, _ move: ReferenceMove, sender: Account, isSilent: Bool
    ) async throws {
        let affected = repositories.values.sorted { $0.id < $1.id }.flatMap { repository in
            repository.pulls.filter {
                $0.isOpen && $0.headRepository == source.id && $0.headReference == move.shortName
            }.map { (repository, $0) }
        }
        for (repository, pull) in affected {
            guard let after = move.after else {
                if !isSilent { try setPullRequest(pull, in: repository, isOpen: false, sender: sender) }
                pull.isOpen = false
                continue
            }
            let before = pull.headCommit
            guard before != after.commit else { continue }
            pull.headCommit = after.commit
            pull.updatedAt = Date()
            try await git.copy(
                commit: after.commit, from: source.id, to: "refs/pull/\(pull.number)/head", in: repository.id)
            guard !isSilent else { continue }
            emitPullRequest(
                "synchronize", pull, in: repository, sender: sender,
                adding: ["before": .string(before), "after": .string(after.commit)])
        }
    }

    private func emitPullRequest(
        _ action: String, _ pull: PullRequest, in repository: Repository, sender: Account, adding more: JSON = [:]
    ) {
        let payload: JSON = [
            "number": JSON(pull.number), "pull_request": shape(pull, in: repository, addresses, isEvent: true),
        ]
        emit("pull_request", action: action, payload.adding(more), in: repository, sender: sender)
    }
}
