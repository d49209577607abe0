import Foundation

extension World {
    func account(_ login: String) -> Account? { accounts[login.lowercased()] }

    func account(id: Int64) -> Account? { accounts.values.first { $0.id == id } }

    /// The user whose token this is.
    func account(token: String) -> Account? { tokens[token].flatMap { accounts[$0] } ?? bot(token: token) }

    /// Makes the account if it does not exist; `nil` when the login belongs to the other kind.
    func makeAccount(_ login: String, isOrganization: Bool, name: String?, email: String?) -> Account? {
        if let existing = account(login) {
            guard existing.isOrganization == isOrganization else { return nil }
            if let name { existing.name = name }
            if let email { existing.email = email }
            return existing
        }
        let account = Account(id: nextID(), login: login, isOrganization: isOrganization, name: name, email: email)
        accounts[account.key] = account
        return account
    }

    func account(email: String) -> Account? {
        accounts.values.first { $0.email.lowercased() == email.lowercased() && !$0.isOrganization }
    }

    /// Who stands in an event when nobody else is named.
    func defaultSender(of repository: Repository) -> Account {
        guard repository.owner.isOrganization else { return repository.owner }
        return repository.owner.owners.sorted().lazy.compactMap { self.accounts[$0] }.first ?? repository.owner
    }

    /// What the user may do; `nil` when the repository must look as if it did not exist.
    func permission(of viewer: Account?, in repository: Repository) -> Permission? {
        var best: Permission? = repository.isPrivate ? nil : .pull
        guard let viewer else { return best }
        if let installation = installation(bot: viewer) {
            return installation.has(repository) ? installation.role : best
        }
        func raise(_ permission: Permission?) {
            if let permission, best.map({ permission > $0 }) ?? true { best = permission }
        }
        let owner = repository.owner
        if owner === viewer || owner.owners.contains(viewer.key) { return .admin }
        if owner.members.contains(viewer.key) { raise(.pull) }
        raise(repository.collaborators[viewer.key])
        for team in owner.teams where team.hasMember(viewer) { raise(team.repositories[repository.id]) }
        return best
    }
}
