extension World {
    private func shape(_ name: String, _ target: ReferenceTarget, in repository: Repository, _ call: RESTCall)
        -> JSON
    {
        let api = "\(call.addresses.repository(repository))/git"
        return [
            "ref": .string(name), "node_id": .string("REF_\(repository.id)_\(name)"),
            "url": .string("\(api)/\(name)"),
            "object": [
                "sha": .string(target.object), "type": .string(target.type),
                "url": .string("\(api)/\(target.type)s/\(target.object)"),
            ],
        ]
    }

    private func branches(of repository: Repository) async throws -> [(name: String, commit: String)] {
        let prefix = "refs/heads/"
        return try await git.references(repository.id).filter { $0.key.hasPrefix(prefix) }
            .map { (String($0.key.dropFirst(prefix.count)), $0.value.commit) }.sorted { $0.0 < $1.0 }
    }

    private func shape(branch: (name: String, commit: String), in repository: Repository, _ call: RESTCall) -> JSON {
        let api = "\(call.addresses.repository(repository))/commits/\(branch.commit)"
        return [
            "name": .string(branch.name), "commit": ["sha": .string(branch.commit), "url": .string(api)],
            "protected": JSON(repository.protections[branch.name] != nil),
        ]
    }

    func listBranches(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try repository(call)
        return call.page(try await branches(of: repository)) { shape(branch: $0, in: repository, call) }
    }

    func readBranch(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try repository(call)
        let found = try await branches(of: repository).first { $0.name == call.parameter("branch") }
        guard let found else { throw RESTFailure(404, "Branch not found") }
        return RESTAnswer(body: shape(branch: found, in: repository, call))
    }

    func readReference(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try repository(call)
        let name = "refs/" + call.parameter("ref")
        guard let target = try await git.references(repository.id)[name] else { throw RESTFailure.notFound }
        return RESTAnswer(body: shape(name, target, in: repository, call))
    }

    func matchingReferences(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try repository(call)
        let prefix = "refs/" + call.parameter("ref")
        let found = try await git.references(repository.id).filter { $0.key.hasPrefix(prefix) }
            .sorted { $0.key < $1.key }
        return call.page(found) { shape($0.key, $0.value, in: repository, call) }
    }

    func createReference(_ call: RESTCall) async throws -> RESTAnswer {
        guard let name = try call.string("ref") else { throw RESTFailure.notSupplied("ref") }
        guard let sha = try call.string("sha") else { throw RESTFailure.notSupplied("sha") }
        return try await move(call, name) { repository, references in
            guard references[name] == nil else { throw RESTFailure(422, "Reference already exists") }
            guard (try? await self.git.run(["cat-file", "-e", sha], in: repository)) != nil else {
                throw RESTFailure(422, "Object does not exist")
            }
            try await self.git.setReference(name, to: sha, in: repository)
        }
    }

    func updateReference(_ call: RESTCall) async throws -> RESTAnswer {
        let name = "refs/" + call.parameter("ref")
        guard let sha = try call.string("sha") else { throw RESTFailure.notSupplied("sha") }
        let isForced = try call.flag("force") ?? false
        return try await move(call, name) { repository, references in
            guard let old = references[name] else { throw RESTFailure(422, "Reference does not exist") }
            guard await self.git.isCommit(sha, in: repository) else {
                throw RESTFailure(422, "Object does not exist")
            }
            if !isForced, !(await self.git.isAncestor(old.commit, of: sha, in: repository)) {
                throw RESTFailure(422, "Update is not a fast forward")
            }
            try await self.git.setReference(name, to: sha, in: repository)
        }
    }

    func deleteReference(_ call: RESTCall) async throws -> RESTAnswer {
        let name = "refs/" + call.parameter("ref")
        return try await move(call, name) { repository, references in
            guard references[name] != nil else { throw RESTFailure(422, "Reference does not exist") }
            try await self.git.setReference(name, to: nil, in: repository)
        }
    }

    private func move(
        _ call: RESTCall, _ name: String,
        _ body: @Sendable (Int64, [String: ReferenceTarget]) async throws -> Void
    ) async throws -> RESTAnswer {
        let repository = try repository(call, for: .push)
        let viewer = try requireViewer(call)
        guard await git.isValidName(name) else { throw RESTFailure(422, "\(name) is not a valid ref name.") }
        let git = git
        try await movingReferences(of: repository, sender: viewer) { id in
            try await body(id, try await git.references(id))
        }
        guard let target = try await git.references(repository.id)[name] else { return .noContent }
        let shown = shape(name, target, in: repository, call)
        return call.method == "POST" ? .created(shown) : RESTAnswer(body: shown)
    }
}
