import Foundation

extension World {
    private func summary(_ repository: Repository) -> JSON {
        [
            "id": .int(repository.id), "full_name": .string(repository.fullName),
            "owner": .string(repository.owner.login), "name": .string(repository.name),
            "private": JSON(repository.isPrivate), "archived": JSON(repository.isArchived),
            "fork": JSON(repository.parent != nil), "default_branch": .string(repository.defaultBranch),
            "clone_url": .string("\(root)/\(repository.fullName).git"), "path": .string(git.path(repository.id)),
        ]
    }

    func controlMakeRepository(_ call: RESTCall) async throws -> RESTAnswer {
        let owner = try controlAccount(try required(call, "owner"))
        let name = try required(call, "name")
        guard Self.isValid(name: name) else { throw RESTFailure(422, "\(name) is no name for a repository") }
        let branch = try call.string("default_branch") ?? "main"
        guard await git.isValidName("refs/heads/\(branch)") else { throw RESTFailure(422, "\(branch) is no branch") }
        let files = try call.body["files"].map(Self.edits)
        let repository = try await makeRepository(
            owner: owner, name: name, isPrivate: try call.flag("private") ?? false,
            description: try call.string("description"), defaultBranch: branch)
        guard let repository else { throw RESTFailure(409, "\(owner.login)/\(name) exists") }
        if let files {
            let author = defaultSender(of: repository)
            let draft = CommitDraft(
                branch: branch, parent: nil, message: "First commit", authorName: author.name ?? author.login,
                authorEmail: author.email, date: Date(), files: files)
            _ = try await git.commit(draft, in: repository.id)
        }
        return .created(summary(repository))
    }

    func controlListRepositories(_ call: RESTCall) -> RESTAnswer {
        RESTAnswer(body: .array(repositories.values.sorted { $0.id < $1.id }.map(summary)))
    }

    func controlReadRepository(_ call: RESTCall) throws -> RESTAnswer {
        RESTAnswer(body: summary(try controlRepository(call)))
    }

    func controlChangeRepository(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try controlRepository(call)
        let sender = try controlSender(call, repository)
        let owner = try call.string("owner").map(controlAccount) ?? repository.owner
        let name = try call.string("name") ?? repository.name
        guard Self.isValid(name: name) else { throw RESTFailure(422, "\(name) is no name for a repository") }
        if let branch = try call.string("default_branch") {
            guard await git.isValidName("refs/heads/\(branch)") else {
                throw RESTFailure(422, "\(branch) is no branch")
            }
            try await git.setDefaultBranch(branch, in: repository.id)
            repository.defaultBranch = branch
        }
        if let isPrivate = try call.flag("private") { setPrivate(isPrivate, repository, sender: sender) }
        if let isArchived = try call.flag("archived") { repository.isArchived = isArchived }
        guard move(repository, to: owner, name: name, sender: sender) else {
            throw RESTFailure(409, "\(owner.login)/\(name) exists")
        }
        return RESTAnswer(body: summary(repository))
    }

    func controlRemoveRepository(_ call: RESTCall) throws -> RESTAnswer {
        try removeRepository(try controlRepository(call))
        return .noContent
    }

    func controlFork(_ call: RESTCall) async throws -> RESTAnswer {
        let source = try controlRepository(call)
        let owner = try controlAccount(try required(call, "owner"))
        let name = try call.string("name") ?? source.name
        let fork = try await makeRepository(
            owner: owner, name: name, isPrivate: source.isPrivate, description: source.description,
            defaultBranch: source.defaultBranch, parent: source.id)
        guard let fork else { throw RESTFailure(409, "\(owner.login)/\(name) exists") }
        return .created(summary(fork))
    }

    func controlSetCollaborator(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try controlRepository(call)
        let user = try controlAccount(call.parameter("user"))
        let word = try call.string("permission") ?? "push"
        guard let permission = Permission(word: word) else { throw RESTFailure(422, "\(word) is no permission") }
        repository.invitations.removeAll { $0.invitee === user }
        setCollaborator(user, permission, in: repository, sender: try controlSender(call, repository))
        return .noContent
    }

    func controlRemoveCollaborator(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try controlRepository(call)
        if let user = account(call.parameter("user")) {
            setCollaborator(user, nil, in: repository, sender: try controlSender(call, repository))
        }
        return .noContent
    }
}
