import Foundation

/// Events that webhooks of organizations and of apps get.
extension World {
    /// An event of an organization that is about none of its repositories, or about one only by the way.
    func emit(_ event: String, action: String, _ payload: JSON, of organization: Account, sender: Account? = nil) {
        let text: JSON = ["action": .string(action)]
        let common: JSON = [
            "organization": self.organization(organization, addresses),
            "sender": simple(sender ?? defaultSender(of: organization), addresses),
        ]
        deliver(
            event, action: action, text.adding(payload).adding(common), of: organization, repository: nil,
            guid: UUID().uuidString.lowercased())
    }

    /// Sends an event to what listens beyond the repository: the organization's webhooks, and those of the apps that
    /// are installed for it.
    func deliver(
        _ event: String, action: String?, _ payload: JSON, of owner: Account, repository: Repository?, guid: String
    ) {
        for hook in owner.hooks where hook.isActive && hook.listens(to: event) {
            deliver(event, action: action, payload.encoded, guid: guid, to: hook, of: .organization(owner))
        }
        for installation in installations where installation.account === owner && installation.suspendedAt == nil {
            guard let hook = installation.app.hook, hook.listens(to: event),
                repository.map(installation.has) ?? true
            else { continue }
            let text = payload.adding(["installation": ["id": .int(installation.id)]])
            deliver(event, action: action, text.encoded, guid: guid, to: hook, of: .app(installation.app))
        }
    }

    /// What an app is told of its own installations, whatever it is subscribed to.
    func emit(_ event: String, action: String, of installation: AppInstallation) {
        guard let hook = installation.app.hook else { return }
        let payload: JSON = [
            "action": .string(action),
            "installation": [
                "id": .int(installation.id), "account": simple(installation.account, addresses),
                "app_id": .int(installation.app.id), "app_slug": .string(installation.app.slug),
            ],
            "repositories": [], "sender": simple(defaultSender(of: installation.account), addresses),
        ]
        deliver(
            event, action: action, payload.encoded, guid: UUID().uuidString.lowercased(), to: hook,
            of: .app(installation.app))
    }

    /// Who stands in an event when nobody else is named.
    func defaultSender(of account: Account) -> Account {
        account.owners.sorted().lazy.compactMap { self.accounts[$0] }.first ?? account
    }

    /// Somebody joined a team or left it.
    func noteMembership(_ action: String, of user: Account, in team: Team, of organization: Account) {
        emit(
            "membership", action: action,
            [
                "scope": "team", "member": simple(user, addresses),
                "team": shape(team, of: organization, addresses),
            ], of: organization)
    }

    /// Something about a team, or about what it may do in a repository.
    func noteTeam(_ action: String, _ team: Team, of organization: Account, _ repository: Repository? = nil) {
        let what: JSON = ["team": shape(team, of: organization, addresses)]
        let place: JSON = repository.map { ["repository": shape($0, addresses)] } ?? [:]
        emit("team", action: action, what.adding(place), of: organization)
    }

    /// Somebody became a member of an organization or is none any more.
    func noteMember(_ action: String, _ user: Account, of organization: Account) {
        let role = organization.owners.contains(user.key) ? "admin" : "member"
        emit(
            "organization", action: action,
            ["membership": ["state": "active", "role": .string(role), "user": simple(user, addresses)]],
            of: organization)
    }
}
