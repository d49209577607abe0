import Foundation

extension World {
    /// A repository with what the asking user may do in it.
    private func shown(_ repository: Repository, _ call: RESTCall) -> JSON {
        guard let viewer = viewer(call), let permission = permission(of: viewer, in: repository) else {
            return shape(repository, call.addresses)
        }
        return shape(repository, call.addresses).adding(["permissions": permission.flags])
    }

    func readRepository(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call)
        var more: JSON = ["network_count": 0, "subscribers_count": 0]
        if let parent = repository.parent.flatMap({ repositories[$0] }) {
            more = more.adding(["parent": shape(parent, call.addresses), "source": shape(parent, call.addresses)])
        }
        return RESTAnswer(body: shown(repository, call).adding(more))
    }

    func updateRepository(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try repository(call, for: .admin, or: .notAdmin)
        let viewer = try requireViewer(call)
        if let branch = try call.string("default_branch") {
            guard await git.commit(of: branch, in: repository.id) != nil else {
                throw RESTFailure.custom(
                    "Repository", field: "default_branch",
                    "The branch \(branch) was not found. Please push that ref first or create it via the Git Data API."
                )
            }
            try await git.setDefaultBranch(branch, in: repository.id)
            repository.defaultBranch = branch
        }
        if let name = try call.string("name") {
            guard Self.isValid(name: name), move(repository, to: repository.owner, name: name, sender: viewer) else {
                throw RESTFailure.custom("Repository", field: "name", "name already exists on this account")
            }
        }
        if let isPrivate = try call.flag("private") { setPrivate(isPrivate, repository, sender: viewer) }
        if let isArchived = try call.flag("archived") { repository.isArchived = isArchived }
        if let description = try call.string("description") { repository.description = description }
        repository.updatedAt = Date()
        return RESTAnswer(body: shown(repository, call))
    }

    func deleteRepository(_ call: RESTCall) throws -> RESTAnswer {
        try removeRepository(try repository(call, for: .admin, or: .notAdmin))
        return .noContent
    }

    func forkRepository(_ call: RESTCall) async throws -> RESTAnswer {
        let source = try repository(call)
        let viewer = try requireViewer(call)
        let owner = try call.string("organization").map { account($0) } ?? viewer
        guard let owner, owner === viewer || owner.hasMember(viewer) else { throw RESTFailure.notFound }
        let fork = try await makeRepository(
            owner: owner, name: try call.string("name") ?? source.name, isPrivate: source.isPrivate,
            description: source.description, defaultBranch: source.defaultBranch, parent: source.id)
        guard let fork else {
            throw RESTFailure.custom("Repository", field: "name", "name already exists on this account")
        }
        return RESTAnswer(status: 202, body: shown(fork, call))
    }

    func listOwnRepositories(_ call: RESTCall) throws -> RESTAnswer {
        let viewer = try requireViewer(call)
        let own = repositories.values.sorted { $0.id < $1.id }.filter {
            !(call.seesPublicOnly && $0.isPrivate)
        }.filter {
            $0.owner === viewer || $0.owner.hasMember(viewer) || $0.collaborators[viewer.key] != nil
        }
        return call.page(own) { shown($0, call) }
    }

    func listOrganizationRepositories(_ call: RESTCall) throws -> RESTAnswer {
        let organization = try organization(call, memberOnly: false)
        let viewer = viewer(call)
        let visible = repositories.values.sorted { $0.id < $1.id }.filter {
            $0.owner === organization && permission(of: viewer, in: $0) != nil
                && !(call.seesPublicOnly && $0.isPrivate)
        }
        return call.page(visible) { shown($0, call) }
    }

    func createOwnRepository(_ call: RESTCall) async throws -> RESTAnswer {
        try await createRepository(call, owner: try requireViewer(call))
    }

    func createOrganizationRepository(_ call: RESTCall) async throws -> RESTAnswer {
        try await createRepository(call, owner: try organization(call, memberOnly: true))
    }

    private func createRepository(_ call: RESTCall, owner: Account) async throws -> RESTAnswer {
        guard let name = try call.string("name"), Self.isValid(name: name) else {
            throw RESTFailure.missing("Repository", field: "name")
        }
        let repository = try await makeRepository(
            owner: owner, name: name, isPrivate: try call.flag("private") ?? false,
            description: try call.string("description"), defaultBranch: "main")
        guard let repository else {
            throw RESTFailure.custom("Repository", field: "name", "name already exists on this account")
        }
        return .created(shown(repository, call), location: call.addresses.repository(repository))
    }

    func listRepositoryTeams(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call, for: .push)
        let teams = repository.owner.teams.filter { $0.repositories[repository.id] != nil }
        return call.page(teams) { team in
            let permission = team.repositories[repository.id] ?? .pull
            return shape(team, of: repository.owner, call.addresses).adding([
                "permission": .string(permission.word), "permissions": permission.flags,
            ])
        }
    }

    /// The names that GitHub takes for a repository.
    static func isValid(name: String) -> Bool {
        name.utf8.count <= 100 && ![".", "..", ""].contains(name) && !name.lowercased().hasSuffix(".git")
            && name.utf8.allSatisfy {
                Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._".utf8).contains($0)
            }
    }
}
