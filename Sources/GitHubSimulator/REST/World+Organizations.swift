extension World {
    func readOrganization(_ call: RESTCall) throws -> RESTAnswer {
        RESTAnswer(body: organization(try organization(call, memberOnly: false), call.addresses))
    }

    func checkMember(_ call: RESTCall) throws -> RESTAnswer {
        let organization = try organization(call, memberOnly: true)
        guard organization.hasMember(try user(call)) else { throw RESTFailure.notFound }
        return .noContent
    }

    func listTeams(_ call: RESTCall) throws -> RESTAnswer {
        let organization = try organization(call, memberOnly: true)
        return call.page(organization.teams) { shape($0, of: organization, call.addresses) }
    }

    func createTeam(_ call: RESTCall) throws -> RESTAnswer {
        let organization = try organization(call, memberOnly: true, ownerOnly: true)
        guard let name = try call.string("name"), !name.isEmpty else {
            throw RESTFailure.missing("Team", field: "name")
        }
        let team = Team(id: nextID(), name: name, privacy: try call.string("privacy") ?? "secret")
        guard !organization.teams.contains(where: { $0.slug == team.slug }) else {
            throw RESTFailure.custom("Team", field: "name", "Name must be unique for this org")
        }
        team.description = try call.string("description")
        organization.teams.append(team)
        noteTeam("created", team, of: organization)
        return .created(shape(team, of: organization, call.addresses))
    }

    func readTeam(_ call: RESTCall) throws -> RESTAnswer {
        let (organization, team) = try team(call)
        return RESTAnswer(body: shape(team, of: organization, call.addresses))
    }

    func deleteTeam(_ call: RESTCall) throws -> RESTAnswer {
        let (organization, team) = try team(call, ownerOnly: true)
        organization.teams.removeAll { $0 === team }
        noteTeam("deleted", team, of: organization)
        return .noContent
    }

    /// Only those who are members of the organization; the others are pending.
    func listTeamMembers(_ call: RESTCall) throws -> RESTAnswer {
        let (organization, team) = try team(call)
        let people = team.members.union(team.maintainers).compactMap { accounts[$0] }
            .filter { organization.hasMember($0) }.sorted { $0.id < $1.id }
        return call.page(people) { simple($0, call.addresses) }
    }

    func readMembership(_ call: RESTCall) throws -> RESTAnswer {
        let (organization, team) = try team(call)
        let user = try user(call)
        guard team.hasMember(user) else { throw RESTFailure.notFound }
        return RESTAnswer(body: membership(of: user, in: team, of: organization, call.addresses))
    }

    func setMembership(_ call: RESTCall) throws -> RESTAnswer {
        let (organization, team) = try team(call, ownerOnly: true)
        let user = try user(call)
        let role = try call.string("role") ?? "member"
        guard ["member", "maintainer"].contains(role) else {
            throw RESTFailure.invalid("TeamMember", field: "role")
        }
        let isNew = !team.hasMember(user)
        team.members.remove(user.key)
        team.maintainers.remove(user.key)
        if role == "member" { team.members.insert(user.key) } else { team.maintainers.insert(user.key) }
        if isNew { noteMembership("added", of: user, in: team, of: organization) }
        return RESTAnswer(body: membership(of: user, in: team, of: organization, call.addresses))
    }

    func deleteMembership(_ call: RESTCall) throws -> RESTAnswer {
        let (organization, team) = try team(call, ownerOnly: true)
        let user = try user(call)
        guard team.hasMember(user) else { return .noContent }
        team.members.remove(user.key)
        team.maintainers.remove(user.key)
        noteMembership("removed", of: user, in: team, of: organization)
        return .noContent
    }

    /// 204, or the repository when its media type was asked for.
    func checkTeamRepository(_ call: RESTCall) throws -> RESTAnswer {
        let (_, team) = try team(call)
        let repository = try repository(call)
        guard let permission = team.repositories[repository.id] else { throw RESTFailure.notFound }
        guard call.headers["accept"]?.contains("v3.repository") == true else { return .noContent }
        return RESTAnswer(
            body: shape(repository, call.addresses).adding([
                "permissions": permission.flags, "role_name": .string(permission.role),
            ]))
    }

    func setTeamRepository(_ call: RESTCall) throws -> RESTAnswer {
        let (organization, team) = try team(call)
        let repository = try repository(call, for: .admin, or: .notAdmin)
        guard repository.owner === organization else {
            throw RESTFailure(422, "The repository is not owned by the organization.")
        }
        let word = try call.string("permission") ?? "push"
        guard let permission = Permission(word: word) else {
            throw RESTFailure(422, "`{\"permission\"=>\"\(word)\"}` is not a valid permission.")
        }
        let old = team.repositories.updateValue(permission, forKey: repository.id)
        if old == nil {
            noteTeam("added_to_repository", team, of: organization, repository)
            let what: JSON = ["team": shape(team, of: organization, addresses)]
            emit("team_add", what, in: repository, sender: defaultSender(of: organization))
        } else if old != permission {
            noteTeam("edited", team, of: organization, repository)
        }
        return .noContent
    }

    func deleteTeamRepository(_ call: RESTCall) throws -> RESTAnswer {
        let (organization, team) = try team(call)
        let repository = try repository(call, for: .admin, or: .notAdmin)
        if team.repositories.removeValue(forKey: repository.id) != nil {
            noteTeam("removed_from_repository", team, of: organization, repository)
        }
        return .noContent
    }

    // MARK: Users

    func readViewer(_ call: RESTCall) throws -> RESTAnswer {
        RESTAnswer(body: full(try requireViewer(call), call.addresses))
    }

    func readUser(_ call: RESTCall) throws -> RESTAnswer {
        RESTAnswer(body: full(try user(call), call.addresses))
    }

    func listOwnOrganizations(_ call: RESTCall) throws -> RESTAnswer {
        let viewer = try requireViewer(call)
        let own = accounts.values.filter { $0.isOrganization && $0.hasMember(viewer) }.sorted { $0.id < $1.id }
        return call.page(own) { organization($0, call.addresses) }
    }
}
