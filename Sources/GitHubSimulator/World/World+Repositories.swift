import Foundation

extension World {
    func repository(_ fullName: String) -> Repository? {
        names[fullName.lowercased()].flatMap { repositories[$0] }
    }

    /// The repository that once had this name, if no other one has it now.
    func formerRepository(_ fullName: String) -> Repository? {
        repository(fullName) == nil ? formerNames[fullName.lowercased()].flatMap { repositories[$0] } : nil
    }

    /// `nil` when the name is taken.
    func makeRepository(
        owner: Account, name: String, isPrivate: Bool, description: String?, defaultBranch: String,
        parent: Int64? = nil
    ) async throws -> Repository? {
        let fullName = "\(owner.login)/\(name)".lowercased()
        guard names[fullName] == nil else { return nil }
        let repository = Repository(
            id: nextID(), owner: owner, name: name, isPrivate: isPrivate, description: description,
            defaultBranch: defaultBranch, parent: parent)
        names[fullName] = repository.id
        do {
            if let parent {
                try await git.fork(parent, to: repository.id, defaultBranch: defaultBranch)
            } else {
                try await git.create(repository.id, defaultBranch: defaultBranch)
            }
        } catch {
            names[fullName] = nil
            throw error
        }
        repositories[repository.id] = repository
        return repository
    }

    func removeRepository(_ repository: Repository) throws {
        repositories[repository.id] = nil
        names = names.filter { $0.value != repository.id }
        formerNames = formerNames.filter { $0.value != repository.id }
        for other in repositories.values {
            for pull in other.pulls where pull.headRepository == repository.id { pull.headRepository = nil }
        }
        try git.remove(repository.id)
    }

    /// Renames or transfers; the old name answers with redirects from now on. `false` when the name is taken.
    func move(_ repository: Repository, to owner: Account, name: String, sender: Account) -> Bool {
        let old = repository.fullName
        let new = "\(owner.login)/\(name)"
        guard old != new else { return true }
        let holder = names[new.lowercased()]
        guard holder == nil || holder == repository.id else { return false }
        let formerOwner = repository.owner
        let formerName = repository.name
        names[old.lowercased()] = nil
        formerNames[old.lowercased()] = repository.id
        names[new.lowercased()] = repository.id
        formerNames[new.lowercased()] = nil
        repository.owner = owner
        repository.name = name
        repository.updatedAt = Date()
        if formerOwner !== owner {
            let kind = formerOwner.isOrganization ? "organization" : "user"
            emit(
                "repository", action: "transferred",
                ["changes": ["owner": ["from": .object([.init(name: kind, value: simple(formerOwner, addresses))])]]],
                in: repository, sender: sender)
        }
        if formerName != name {
            emit(
                "repository", action: "renamed",
                ["changes": ["repository": ["name": ["from": .string(formerName)]]]], in: repository, sender: sender)
        }
        return true
    }
}
