import GitHub
import Model
import Reconciler

/// Reads from GitHub what a project file can say of a repository; changes nothing.
public struct RepositoryImport: Sendable {
    private let client: GitHubClient
    private let externalURL: String

    /// - Parameters:
    ///   - client: its token needs admin rights on the repositories, or its app the permissions that `kozmic doctor`
    ///     lists.
    ///   - externalURL: the server's, by which its own webhooks and deploy keys are known.
    public init(client: GitHubClient, externalURL: String) {
        self.client = client
        self.externalURL = externalURL
    }

    /// The file for one repository.
    ///
    /// - Throws: `GitHubError`.
    public func draft(_ name: RepositoryName) async throws(GitHubError) -> ProjectDraft {
        try await draft(try await client.repository("\(name)"), name)
    }

    /// The repositories of an organization or a user that can be administered, by name.
    ///
    /// - Returns: also those that are left out, each with the reason.
    public func repositories(
        of account: String
    ) async throws(GitHubError) -> (found: [RepositoryName], left: [String]) {
        var (found, left): ([RepositoryName], [String]) = ([], [])
        for repository in try await client.repositories(of: account) {
            if repository.isArchived {
                left.append("\(repository.fullName): archived")
            } else if repository.isFork {
                left.append("\(repository.fullName): a fork")
            } else if !client.isApp, repository.permissions?.admin != true {
                left.append("\(repository.fullName): the token has no admin rights on it")
            } else if let name = RepositoryName(repository.fullName) {
                found.append(name)
            }
        }
        return (found.sorted(), left.sorted())
    }

    private func draft(
        _ facts: GitHubRepository, _ asked: RepositoryName
    ) async throws(GitHubError) -> ProjectDraft {
        let isOrganization = facts.owner?.isOrganization ?? false
        var draft = ProjectDraft(
            repository: RepositoryName(facts.fullName) ?? asked, owner: isOrganization ? nil : facts.owner?.login,
            isPrivate: facts.isPrivate, defaultBranch: facts.defaultBranch)
        let name = facts.fullName
        for person in try await client.collaborators(name, affiliation: .direct) {
            // A user's own repository is the user's in any case.
            guard isOrganization || person.login.lowercased() != draft.repository.owner.lowercased() else { continue }
            let word = person.roleName ?? person.permissions?.level ?? ""
            draft.add("collaborator", person.login, GitHubPermissions.level(ofAnswer: word))
        }
        for invitation in try await client.invitations(name) {
            guard let login = invitation.invitee?.login else {
                draft.notes.append("Somebody is invited by e-mail; only logins can be declared.")
                continue
            }
            guard !invitation.isExpired else {
                draft.notes.append("The invitation of \(login) is too old to be accepted.")
                continue
            }
            draft.add("collaborator", login, GitHubPermissions.level(ofAnswer: invitation.permissions))
        }
        let ours = DesiredDeployKey(mode: .auto, title: DesiredDeployKey.title(externalURL: externalURL))
        draft.hasDeployKey = try await client.deployKeys(name).contains { ours.generation(ofTitle: $0.title) != nil }
        for hook in try await client.hooks(name) {
            guard let address = WebhookAddress.name(of: hook.url, externalURL: externalURL) else { continue }
            draft.notes.append("The webhook \(address) is Kozmic's: it goes, unless its hook is declared here.")
        }
        guard isOrganization else { return draft }
        for team in try await client.teams(name) { draft.add("team", team.slug, team.permission) }
        return draft
    }
}

extension ProjectDraft {
    fileprivate mutating func add(_ kind: String, _ name: String, _ word: String) {
        guard let level = PermissionLevel(rawValue: word) else {
            notes.append("The \(kind) \(name) has the role '\(word)', which cannot be declared.")
            return
        }
        if kind == "team" { permissions.teams[name] = level } else { permissions.collaborators[name] = level }
    }
}
