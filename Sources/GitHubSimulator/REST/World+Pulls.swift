extension World {
    private func pull(_ call: RESTCall, for needed: Permission = .pull) throws(RESTFailure) -> (
        Repository, PullRequest
    ) {
        let repository = try repository(call, for: needed)
        guard let pull = repository.pulls.first(where: { String($0.number) == call.parameter("number") }) else {
            throw .notFound
        }
        return (repository, pull)
    }

    /// Newest first, the open ones unless another state was asked for.
    func listPulls(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call)
        let state = call.query("state") ?? "open"
        let found = repository.pulls.reversed().filter { pull in
            (state == "all" || pull.isOpen == (state == "open"))
                && (call.query("base") ?? pull.baseReference) == pull.baseReference
                && call.query("head").map { $0 == "\(pull.headOwner):\(pull.headReference)" } ?? true
        }
        return call.page(found) { shape($0, in: repository, call.addresses) }
    }

    func createPull(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try repository(call)
        let user = try requireViewer(call)
        guard let title = try call.string("title"), !title.isEmpty else {
            throw RESTFailure.missing("PullRequest", field: "title")
        }
        guard let head = try call.string("head") else { throw RESTFailure.notSupplied("head") }
        guard let base = try call.string("base") else { throw RESTFailure.notSupplied("base") }
        let pull = try await openPullRequest(
            in: repository, title: title, body: try call.string("body"), head: head, base: base, user: user,
            isDraft: try call.flag("draft") ?? false)
        return .created(
            shape(pull, in: repository, call.addresses),
            location: "\(call.addresses.repository(repository))/pulls/\(pull.number)")
    }

    func readPull(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, pull) = try pull(call)
        return RESTAnswer(body: shape(pull, in: repository, call.addresses))
    }

    /// Its author may change a pull request, and everyone who may push.
    func updatePull(_ call: RESTCall) throws -> RESTAnswer {
        let viewer = try requireViewer(call)
        let (repository, pull) = try pull(call)
        guard pull.user === viewer || permission(of: viewer, in: repository) ?? .pull >= .push else {
            throw RESTFailure.notFound
        }
        if let title = try call.string("title") { pull.title = title }
        if let body = try call.string("body") { pull.body = body }
        if let state = try call.string("state") {
            guard ["open", "closed"].contains(state) else {
                throw RESTFailure.invalid("PullRequest", field: "state")
            }
            try setPullRequest(pull, in: repository, isOpen: state == "open", sender: viewer)
        }
        return RESTAnswer(body: shape(pull, in: repository, call.addresses))
    }

    func mergePull(_ call: RESTCall) async throws -> RESTAnswer {
        let viewer = try requireViewer(call)
        let (repository, pull) = try pull(call, for: .push)
        let sha = try await merge(pull, in: repository, sender: viewer)
        return RESTAnswer(body: [
            "sha": .string(sha), "merged": true, "message": "Pull Request successfully merged",
        ])
    }
}
