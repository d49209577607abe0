import GitHub
import Model

/// Carries operations on permissions out.
struct PermissionApplier: Sendable {
    var client: GitHubClient

    /// - Returns: the invitation that was sent; the access that GitHub still shows although a lower one was set, because
    ///   it comes from somewhere else (an organization's owners, a parent team); else that it is done.
    func apply(
        _ operation: PermissionOperation, _ repository: String
    ) async throws(GitHubError) -> Applier.Result {
        switch operation {
        case .invite(let login, let level): return try await set(login, level, repository)
        case .change(let login, let from, let to):
            _ = try await set(login, to, repository)
            guard Self.mayRemain(from, to) else { return .done }
            let access = try await client.access(repository, login: login)
            let level = GitHubPermissions.level(ofAnswer: access.roleName ?? access.permission)
            return level == from ? .inherited(key: PermissionOperation.key(login: login), level: level) : .done
        case .remove(let login, _): try await client.removeCollaborator(repository, login: login)
        case .changeInvitation(let id, let login, _, let level):
            do {
                _ = try await client.updateInvitation(repository, id, permission: level.answerWord)
                return .invited(id: id)
            } catch {
                // It was answered, or withdrawn, since it was observed.
                guard error.kind == .notFound else { throw error }
                return try await set(login, level, repository)
            }
        case .withdraw(let id, _, _): try await client.deleteInvitation(repository, id)
        case .grantTeam(let slug, let level): try await set(team: slug, level, repository)
        case .changeTeam(let slug, let from, let to):
            try await set(team: slug, to, repository)
            guard Self.mayRemain(from, to) else { return .done }
            return try await remaining(slug, from, repository)
        case .revokeTeam(let slug, let from):
            try await client.removeTeam(repository, slug: slug)
            return try await remaining(slug, from, repository)
        }
        return .done
    }

    /// Whether the old level may come from elsewhere and stay. A lower one cannot hide a higher one.
    private static func mayRemain(_ old: String, _ new: PermissionLevel) -> Bool {
        PermissionLevel(rawValue: old).map { new < $0 } ?? true
    }

    private func set(
        _ login: String, _ level: PermissionLevel, _ repository: String
    ) async throws(GitHubError) -> Applier.Result {
        do {
            let sent = try await client.setCollaborator(repository, login: login, permission: level.rawValue)
            return sent.map { .invited(id: $0.id) } ?? .done
        } catch {
            throw error.named("GitHub knows no account '\(login)', which is declared as a collaborator")
        }
    }

    private func set(team slug: String, _ level: PermissionLevel, _ repository: String) async throws(GitHubError) {
        do {
            try await client.setTeam(repository, slug: slug, permission: level.rawValue)
        } catch {
            throw error.named("the organization has no team '\(slug)', which is declared")
        }
    }

    private func remaining(
        _ slug: String, _ level: String, _ repository: String
    ) async throws(GitHubError) -> Applier.Result {
        let team = try await client.teams(repository).first { $0.slug.lowercased() == slug.lowercased() }
        guard let team, team.permission == level else { return .done }
        return .inherited(key: PermissionOperation.key(team: slug), level: level)
    }
}

extension GitHubError {
    /// The repository itself is there and administered, so a 404 is about the name in the address.
    fileprivate func named(_ message: String) -> GitHubError {
        guard kind == .notFound else { return self }
        return GitHubError(kind: .validation([]), message: message, request: request)
    }
}

extension PermissionLevel {
    /// GitHub asks for `push` and answers `write`.
    var answerWord: String {
        switch self {
        case .pull: "read"
        case .push: "write"
        default: rawValue
        }
    }
}
