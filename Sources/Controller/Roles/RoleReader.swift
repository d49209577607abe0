import GitHub
import Model
import Store

/// Reads from GitHub who has access, and stores it.
///
/// Trouble that may pass leaves what is known. When GitHub says that there is no such repository, or that the token may
/// not know, nobody has a role: what cannot be judged is not shown.
struct RoleReader: Sendable {
    var store: Store
    var client: GitHubClient

    /// One project.
    ///
    /// - Throws: `GitHubError` or `StoreError`; it is tried again.
    func read(_ target: RoleTarget) async throws {
        guard let id = target.githubID else { return }
        if !target.isActive { try await readPrivacy(target.projectID, id, owner: target.repository.owner) }
        do {
            let people = try await client.collaborators(ofRepository: id, owner: target.repository.owner)
            try await store.saveRoles(target.projectID, people.compactMap(Self.role), fulfils: target.reading.wanted)
        } catch let error as GitHubError where error.kind == .notFound || error.kind == .forbidden {
            try await store.saveRoles(target.projectID, [], fulfils: target.reading.wanted)
            // A project that is gone is no news for anybody who removed it here, too.
            if target.isActive { throw error }
        }
    }

    /// Who can read the admin repository.
    func readAdminReaders(_ repository: RepositoryName, fulfils: Int64) async throws {
        do {
            let people = try await client.collaborators("\(repository)", affiliation: .all)
            try await store.saveAdminReaders(repository, people.compactMap(Self.role), fulfils: fulfils)
        } catch let error as GitHubError where error.kind == .notFound || error.kind == .forbidden {
            try await store.saveAdminReaders(repository, [], fulfils: fulfils)
            throw error
        }
    }

    /// Nobody compares a project with GitHub that is no longer declared, but its history must not stay public when its
    /// repository does not.
    private func readPrivacy(_ projectID: Int64, _ id: Int64, owner: String) async throws {
        do {
            let facts = try await client.repository(id: id, owner: owner)
            try await store.setGitHubFacts(
                projectID, githubID: id, isPrivate: facts.isPrivate, defaultBranch: facts.defaultBranch)
        } catch let error as GitHubError where error.kind == .notFound {
            let branch = try await store.project(id: projectID)?.defaultBranch
            try await store.setGitHubFacts(projectID, githubID: id, isPrivate: true, defaultBranch: branch)
        }
    }

    /// The five flags hold for an organization's own roles as well, whose names say nothing to us.
    private static func role(_ person: GitHubCollaborator) -> RoleRecord? {
        let word = person.permissions?.level ?? GitHubPermissions.level(ofAnswer: person.roleName ?? "")
        guard let level = PermissionLevel(rawValue: word) else { return nil }
        return RoleRecord(personID: person.id, login: person.login, level: level)
    }
}
