extension World {
    private static let noPush = RESTFailure(403, "Must have push access to view repository collaborators.")

    /// Everyone with access: collaborators, and unless only those are wanted, owners and members of the organization and
    /// members of its teams.
    private func people(in repository: Repository, isDirect: Bool) -> [Account] {
        var keys = Set(repository.collaborators.keys)
        let owner = repository.owner
        if owner.isOrganization {
            if !isDirect {
                // Members have the organization's base permission, which is to read.
                keys.formUnion(owner.owners.union(owner.members))
                for team in owner.teams where team.repositories[repository.id] != nil {
                    keys.formUnion(team.members.union(team.maintainers))
                }
            }
        } else {
            keys.insert(owner.key)
        }
        return keys.compactMap { accounts[$0] }.sorted { $0.id < $1.id }
    }

    func listCollaborators(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call, for: .push, or: Self.noPush)
        let people = people(in: repository, isDirect: call.query("affiliation") == "direct")
        return call.page(people) { account in
            let permission = permission(of: account, in: repository) ?? .pull
            return simple(account, call.addresses).adding([
                "permissions": permission.flags, "role_name": .string(permission.role),
            ])
        }
    }

    func checkCollaborator(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call, for: .push, or: Self.noPush)
        let user = try user(call)
        guard people(in: repository, isDirect: false).contains(where: { $0 === user }) else {
            throw RESTFailure.notFound
        }
        return .noContent
    }

    func readPermission(_ call: RESTCall) throws -> RESTAnswer {
        let refusal = RESTFailure(403, "Must have push access to view collaborator permission.")
        let repository = try repository(call, for: .push, or: refusal)
        let user = try user(call)
        let permission = permission(of: user, in: repository)
        let role: JSON = permission.map { .string($0.role) } ?? "none"
        let flags = permission?.flags ?? .object(Permission.allCases.map { .init(name: $0.word, value: false) })
        return RESTAnswer(body: [
            "permission": permission.map { .string($0.legacy) } ?? "none", "role_name": role,
            "user": simple(user, call.addresses).adding(["permissions": flags, "role_name": role]),
        ])
    }

    private func level(_ call: RESTCall, _ name: String, isRole: Bool = false) throws(RESTFailure) -> Permission {
        guard let word = try call.string(name) else { return .push }
        let found = isRole ? Permission.allCases.first { $0.role == word } : Permission(word: word)
        guard let found else {
            throw RESTFailure(422, "`{\"\(name)\"=>\"\(word)\"}` is not a valid permission.")
        }
        return found
    }

    /// 204 for someone who is in already, 201 with an invitation for everyone else.
    func addCollaborator(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call, for: .admin, or: .notAdmin)
        let inviter = try requireViewer(call)
        let user = try user(call)
        let permission = try level(call, "permission")
        guard user !== repository.owner, !user.isOrganization else {
            throw RESTFailure(422, "Repository owner cannot be a collaborator")
        }
        if repository.collaborators[user.key] != nil || repository.owner.hasMember(user) {
            setCollaborator(user, permission, in: repository, sender: inviter)
            return .noContent
        }
        if let position = repository.invitations.firstIndex(where: { $0.invitee === user }) {
            repository.invitations[position].permission = permission
            return .created(shape(repository.invitations[position], to: repository, call.addresses))
        }
        let invitation = Invitation(id: nextID(), invitee: user, inviter: inviter, permission: permission)
        repository.invitations.append(invitation)
        return .created(shape(invitation, to: repository, call.addresses))
    }

    func removeCollaborator(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call, for: .admin, or: .notAdmin)
        let user = try user(call)
        setCollaborator(user, nil, in: repository, sender: try requireViewer(call))
        return .noContent
    }

    // MARK: Invitations

    func listInvitations(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call, for: .admin)
        return call.page(repository.invitations) { shape($0, to: repository, call.addresses) }
    }

    func updateInvitation(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call, for: .admin)
        let id = try call.id("invitation")
        guard let position = repository.invitations.firstIndex(where: { $0.id == id }) else {
            throw RESTFailure.notFound
        }
        repository.invitations[position].permission = try level(call, "permissions", isRole: true)
        return RESTAnswer(body: shape(repository.invitations[position], to: repository, call.addresses))
    }

    func deleteInvitation(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call, for: .admin)
        let id = try call.id("invitation")
        guard repository.invitations.contains(where: { $0.id == id }) else { throw RESTFailure.notFound }
        repository.invitations.removeAll { $0.id == id }
        return .noContent
    }

    func listOwnInvitations(_ call: RESTCall) throws -> RESTAnswer {
        let viewer = try requireViewer(call)
        let own = repositories.values.sorted { $0.id < $1.id }.flatMap { repository in
            repository.invitations.filter { $0.invitee === viewer }.map { (repository, $0) }
        }
        return call.page(own) { shape($0.1, to: $0.0, call.addresses) }
    }

    func acceptInvitation(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, invitation) = try takeInvitation(call)
        setCollaborator(
            invitation.invitee, invitation.permission, in: repository, sender: invitation.invitee)
        return .noContent
    }

    func declineInvitation(_ call: RESTCall) throws -> RESTAnswer {
        _ = try takeInvitation(call)
        return .noContent
    }

    private func takeInvitation(_ call: RESTCall) throws(RESTFailure) -> (Repository, Invitation) {
        let viewer = try requireViewer(call)
        let id = try call.id("invitation")
        for repository in repositories.values {
            if let position = repository.invitations.firstIndex(where: { $0.id == id && $0.invitee === viewer }) {
                return (repository, repository.invitations.remove(at: position))
            }
        }
        throw .notFound
    }
}
