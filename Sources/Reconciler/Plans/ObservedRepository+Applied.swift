import Model

extension ObservedRepository {
    /// What GitHub has once an operation was carried out: told by the answers, without asking again.
    public func after(_ operation: Operation, _ result: Applier.Result) -> ObservedRepository {
        var after = self
        switch operation {
        case .webhook(let operation): after.apply(operation, result)
        case .deployKey(let operation): after.apply(operation.change, result)
        case .permission(let operation): after.apply(operation, result)
        }
        return after
    }

    private mutating func apply(_ operation: WebhookOperation, _ result: Applier.Result) {
        switch operation {
        case .create(let wanted): put(wanted, result)
        case .update(let id, let wanted, _):
            webhooks.removeAll { $0.id == id }
            put(wanted, result)
        case .delete(let id, _): webhooks.removeAll { $0.id == id }
        }
    }

    private mutating func put(_ wanted: DesiredWebhook, _ result: Applier.Result) {
        guard case .webhook(let applied) = result else { return }
        webhooks.removeAll { $0.id == applied.githubID }
        webhooks.append(
            ObservedWebhook(
                id: applied.githubID, url: wanted.url, events: wanted.events,
                secretFingerprint: applied.secretFingerprint))
        webhooks.sort { $0.id < $1.id }
    }

    private mutating func apply(_ change: Change, _ result: Applier.Result) {
        if let id = change.id { deployKeys.removeAll { $0.id == id } }
        guard change.action != .delete, case .deployKey(let applied) = result else { return }
        deployKeys.removeAll { $0.id == applied.id }
        // GitHub drops the comment.
        let key = applied.key.publicKey.split(separator: " ").prefix(2).joined(separator: " ")
        deployKeys.append(ObservedDeployKey(id: applied.id, title: change.name, key: key, isReadOnly: true))
        deployKeys.sort { $0.id < $1.id }
    }

    private mutating func apply(_ operation: PermissionOperation, _ result: Applier.Result) {
        if case .inherited(let key, let level) = result {
            inherited[key] = level
            return
        }
        switch operation {
        case .invite(let login, let level):
            if case .invited(let id) = result {
                invitations.append(ObservedInvitation(id: id, login: login, level: level.rawValue))
            } else {
                setCollaborator(login, level)
            }
        case .change(let login, _, let level): setCollaborator(login, level)
        case .remove(let login, _): collaborators.removeAll { $0.login.lowercased() == login.lowercased() }
        case .changeInvitation(let id, let login, _, let level):
            if case .invited(let number) = result {
                invitations.removeAll { $0.id == id || $0.id == number }
                invitations.append(ObservedInvitation(id: number, login: login, level: level.rawValue))
            } else {
                invitations.removeAll { $0.id == id }
                setCollaborator(login, level)
            }
        case .withdraw(let id, _, _): invitations.removeAll { $0.id == id }
        case .grantTeam(let slug, let level), .changeTeam(let slug, _, let level):
            teams.removeAll { $0.slug.lowercased() == slug.lowercased() }
            teams.append(ObservedTeam(slug: slug, level: level.rawValue))
        case .revokeTeam(let slug, _): teams.removeAll { $0.slug.lowercased() == slug.lowercased() }
        }
    }

    private mutating func setCollaborator(_ login: String, _ level: PermissionLevel) {
        let id = collaborators.first { $0.login.lowercased() == login.lowercased() }?.id
        collaborators.removeAll { $0.login.lowercased() == login.lowercased() }
        collaborators.append(ObservedCollaborator(login: login, level: level.rawValue, id: id))
    }
}
