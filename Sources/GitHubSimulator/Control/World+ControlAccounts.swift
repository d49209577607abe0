import Foundation

extension World {
    /// A member that must be there and must be a string.
    func required(_ call: RESTCall, _ name: String) throws(RESTFailure) -> String {
        guard let text = try call.string(name), !text.isEmpty else { throw RESTFailure(422, "\(name) is missing") }
        return text
    }

    func controlAccount(_ login: String) throws(RESTFailure) -> Account {
        guard let account = account(login) else { throw RESTFailure(422, "there is no account \(login)") }
        return account
    }

    func controlRepository(_ call: RESTCall) throws(RESTFailure) -> Repository {
        let name = "\(call.parameter("owner"))/\(call.parameter("repo"))"
        guard let repository = repository(name) ?? formerRepository(name) else {
            throw RESTFailure(404, "there is no repository \(name)")
        }
        return repository
    }

    /// Who the events name.
    func controlSender(_ call: RESTCall, _ repository: Repository) throws(RESTFailure) -> Account {
        guard let login = try call.string("sender") else { return defaultSender(of: repository) }
        return try controlAccount(login)
    }

    private static func checked(login: String) throws(RESTFailure) -> String {
        let isValid =
            login.utf8.count <= 39 && !login.hasPrefix("-")
            && login.utf8.allSatisfy {
                Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-".utf8).contains($0)
            }
        guard isValid else { throw RESTFailure(422, "\(login) is no login") }
        return login
    }

    func controlMakeUser(_ call: RESTCall) throws -> RESTAnswer {
        let login = try Self.checked(login: try required(call, "login"))
        let name = try call.string("name")
        let email = try call.string("email")
        guard let user = makeAccount(login, isOrganization: false, name: name, email: email) else {
            throw RESTFailure(409, "\(login) is an organization")
        }
        let token = try call.string("token") ?? "ghp_" + UUID().uuidString.replacing("-", with: "")
        guard tokens[token] ?? user.key == user.key else { throw RESTFailure(409, "the token belongs to someone else") }
        tokens[token] = user.key
        tokenScopes[token] = try call.strings("scopes")
        return .created([
            "id": .int(user.id), "login": .string(user.login), "email": .string(user.email),
            "token": .string(token),
        ])
    }

    func controlMakeOrganization(_ call: RESTCall) throws -> RESTAnswer {
        let login = try Self.checked(login: try required(call, "login"))
        let owners = try call.strings("owners") ?? []
        let members = try call.strings("members") ?? []
        for name in owners + members { _ = try controlAccount(name) }
        guard let organization = makeAccount(login, isOrganization: true, name: nil, email: nil) else {
            throw RESTFailure(409, "\(login) is a user")
        }
        let before = organization.owners.union(organization.members)
        organization.owners = Set(owners.map { $0.lowercased() })
        organization.members = Set(members.map { $0.lowercased() })
        let after = organization.owners.union(organization.members)
        for login in after.subtracting(before).sorted() {
            if let user = account(login) { noteMember("member_added", user, of: organization) }
        }
        for login in before.subtracting(after).sorted() {
            if let user = account(login) { noteMember("member_removed", user, of: organization) }
        }
        return .created(["id": .int(organization.id), "login": .string(organization.login)])
    }

    func controlMakeTeam(_ call: RESTCall) throws -> RESTAnswer {
        let organization = try controlAccount(call.parameter("org"))
        let name = try required(call, "name")
        let members = try call.strings("members") ?? []
        let maintainers = try call.strings("maintainers") ?? []
        for login in members + maintainers { _ = try controlAccount(login) }
        let made = Team(id: nextID(), name: name)
        let team = organization.teams.first { $0.slug == made.slug } ?? made
        if team === made { organization.teams.append(team) }
        let before = team.members.union(team.maintainers)
        team.members = Set(members.map { $0.lowercased() })
        team.maintainers = Set(maintainers.map { $0.lowercased() })
        let after = team.members.union(team.maintainers)
        for user in after.subtracting(before).sorted().compactMap({ account($0) }) {
            noteMembership("added", of: user, in: team, of: organization)
        }
        for user in before.subtracting(after).sorted().compactMap({ account($0) }) {
            noteMembership("removed", of: user, in: team, of: organization)
        }
        return .created(["id": .int(team.id), "slug": .string(team.slug)])
    }

    func controlRevoke(_ call: RESTCall) -> RESTAnswer {
        tokens[call.parameter("token")] = nil
        installationTokens[call.parameter("token")] = nil
        return .noContent
    }
}
