import GitHub
import Model

/// Reads what GitHub has, and no more of it than the comparison needs: every request costs quota unless nothing changed.
public struct RepositoryObserver: Sendable {
    private let client: GitHubClient

    /// - Parameter client: its token needs admin rights on the repositories.
    public init(client: GitHubClient) { self.client = client }

    /// - Parameters:
    ///   - facts: the repository itself, read before.
    ///   - known: the hashes of the secrets that we gave to webhooks, by GitHub's number; `nil` when there is no
    ///     record: then a webhook of ours that has a secret is taken to have the right one.
    ///   - inherited: see `ObservedRepository.inherited`.
    ///   - viewer: the login of the token's account.
    public func observe(
        _ facts: GitHubRepository, _ desired: DesiredRepository, known: [Int64: String]?, inherited: [String: String],
        viewer: () async throws(GitHubError) -> String
    ) async throws(GitHubError) -> ObservedRepository {
        let name = facts.fullName
        var observed = ObservedRepository(
            fullName: name, isPrivate: facts.isPrivate, isOrganization: facts.owner?.isOrganization)
        observed.lists = desired.lists(isPrivate: facts.isPrivate, isOrganization: observed.isOrganization)
        let hooks = try await client.hooks(name)
        observed.webhooks = webhooks(hooks, desired, known: known)
        observed.failing = Set(
            hooks.filter { hook in
                hook.lastResponse?.isFailure == true
                    && desired.webhooks.contains { WebhookAddress.areSame($0.url, hook.url) }
            }.map(\.id))
        if observed.lists.contains(.deployKeys) {
            observed.deployKeys = try await client.deployKeys(name).map {
                ObservedDeployKey(id: $0.id, title: $0.title, key: $0.key, isReadOnly: $0.isReadOnly)
            }
        }
        guard observed.lists.contains(.people) else { return observed }
        observed.viewer = try await viewer()
        observed.isViewerAdmin = facts.permissions?.admin ?? false
        try await readPermissions(name, into: &observed)
        try await readOwnTeams(name, desired, into: &observed)
        let levels = observed.levels
        observed.inherited = inherited.filter { levels[$0.key] == $0.value }
        return observed
    }

    private func webhooks(
        _ hooks: [GitHubHook], _ desired: DesiredRepository, known: [Int64: String]?
    ) -> [ObservedWebhook] {
        // GitHub's old services are no webhooks.
        hooks.filter { $0.name == "web" }.map { hook in
            let recorded =
                if let known {
                    known[hook.id]
                } else {
                    // One whose deliveries were not refused.
                    hook.lastResponse?.code == 401
                        ? nil
                        : desired.webhooks.first { WebhookAddress.areSame($0.url, hook.url) }?.secretFingerprint
                }
            return ObservedWebhook(
                id: hook.id, url: hook.url, events: hook.events, active: hook.active, contentType: hook.contentType,
                insecureSSL: hook.insecureSSL,
                // One whose secret somebody removed has none, whatever we gave it.
                secretFingerprint: hook.hasSecret ? recorded : nil)
        }
    }

    /// Whether the token's account is in a team that would lose admin rights, which the account would then lose too.
    private func readOwnTeams(
        _ name: String, _ desired: DesiredRepository, into observed: inout ObservedRepository
    ) async throws(GitHubError) {
        guard let viewer = observed.viewer, !viewer.isEmpty, observed.isViewerAdmin,
            !observed.collaborators.contains(where: {
                $0.login.lowercased() == viewer.lowercased() && $0.level == "admin"
            })
        else { return }
        for index in observed.teams.indices where observed.teams[index].level == "admin" {
            let slug = observed.teams[index].slug
            let declared = desired.permissions.teams.first { $0.key.lowercased() == slug.lowercased() }?.value
            guard declared.map({ $0 != .admin }) ?? desired.permissions.authoritative else { continue }
            observed.teams[index].hasViewer = try await client.isMember(
                of: slug, organization: String(name.prefix { $0 != "/" }), login: viewer)
        }
    }

    private func readPermissions(
        _ name: String, into observed: inout ObservedRepository
    ) async throws(GitHubError) {
        observed.collaborators = try await client.collaborators(name, affiliation: .direct).map { person in
            let word = person.roleName ?? person.permissions?.level ?? ""
            return ObservedCollaborator(
                login: person.login, level: GitHubPermissions.level(ofAnswer: word), id: person.id)
        }
        observed.invitations = try await client.invitations(name).map { invitation in
            ObservedInvitation(
                id: invitation.id, login: invitation.invitee?.login,
                level: GitHubPermissions.level(ofAnswer: invitation.permissions), isExpired: invitation.isExpired)
        }
        guard observed.lists.contains(.teams) else { return }
        observed.teams = try await client.teams(name).map { ObservedTeam(slug: $0.slug, level: $0.permission) }
    }
}

extension ObservedRepository {
    /// Everybody's level by `PermissionOperation.key`.
    fileprivate var levels: [String: String] {
        let people = collaborators.map { (PermissionOperation.key(login: $0.login), $0.level) }
        return Dictionary(people + teams.map { (PermissionOperation.key(team: $0.slug), $0.level) }) { first, _ in first
        }
    }
}
