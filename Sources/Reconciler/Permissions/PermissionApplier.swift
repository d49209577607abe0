import GitHub
import Model

/// Carries operations on permissions out.
struct PermissionApplier: Sendable {
    var client: GitHubClient

    /// - Returns: the name and the level of an access that GitHub still shows although a lower one was set, because
    ///   it comes from somewhere else (an organization's owners, a parent team).
    func apply(
        _ operation: PermissionOperation, _ repository: String
    ) async throws(GitHubError) -> (key: String, level: String)? {
        switch operation {
        case .invite(let login, let level): try await set(login, level, repository)
        case .change(let login, let from, let to):
            try await set(login, to, repository)
            guard PermissionLevel(rawValue: from).map({ to < $0 }) ?? true else { return nil }
            let access = try await client.access(repository, login: login)
            let level = GitHubPermissions.level(ofAnswer: access.roleName ?? access.permission)
            return level == from ? (PermissionOperation.key(login: login), level) : nil
        case .remove(let login, _): try await client.removeCollaborator(repository, login: login)
        case .changeInvitation(let id, let login, _, let level):
            do {
                _ = try await client.updateInvitation(repository, id, permission: level.answerWord)
            } catch {
                // It was answered, or withdrawn, since it was observed.
                guard error.kind == .notFound else { throw error }
                try await set(login, level, repository)
            }
        case .withdraw(let id, _, _): try await client.deleteInvitation(repository, id)
        case .grantTeam(let slug, let level): try await set(team: slug, level, repository)
        case .changeTeam(let slug, let from, let to):
            try await set(team: slug, to, repository)
            return try await remaining(slug, from, repository)
        case .revokeTeam(let slug, let from):
            try await client.removeTeam(repository, slug: slug)
            return try await remaining(slug, from, repository)
        }
        return nil
    }

    private func set(_ login: String, _ level: PermissionLevel, _ repository: String) async throws(GitHubError) {
        do {
            _ = try await client.setCollaborator(repository, login: login, permission: level.rawValue)
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
    ) async throws(GitHubError) -> (key: String, level: String)? {
        let team = try await client.teams(repository).first { $0.slug.lowercased() == slug.lowercased() }
        return team?.permission == level ? (PermissionOperation.key(team: slug), level) : nil
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
