extension World {
    private func summary(_ pull: PullRequest) -> JSON {
        let source = pull.headRepository.flatMap { repositories[$0]?.fullName }
        return [
            "number": JSON(pull.number), "id": .int(pull.id), "state": pull.isOpen ? "open" : "closed",
            "merged": JSON(pull.mergeCommit != nil), "title": .string(pull.title),
            "user": .string(pull.user.login), "head_repo": JSON(source), "head_ref": .string(pull.headReference),
            "head_sha": .string(pull.headCommit), "base_ref": .string(pull.baseReference),
            "base_sha": .string(pull.baseCommit),
        ]
    }

    func controlOpenPull(_ call: RESTCall) async throws -> RESTAnswer {
        let repository = try controlRepository(call)
        let head = try required(call, "head")
        let owner = head.contains(":") ? String(head.prefix { $0 != ":" }) : nil
        var user = try call.string("user").map(controlAccount)
        if user == nil, let owner, let account = account(owner), !account.isOrganization { user = account }
        let pull = try await openPullRequest(
            in: repository, title: try required(call, "title"), body: try call.string("body"), head: head,
            base: try call.string("base") ?? repository.defaultBranch, user: user ?? defaultSender(of: repository),
            isDraft: try call.flag("draft") ?? false)
        return .created(summary(pull))
    }

    func controlPull(_ call: RESTCall) throws(RESTFailure) -> (Repository, PullRequest) {
        let repository = try controlRepository(call)
        guard let pull = repository.pulls.first(where: { String($0.number) == call.parameter("number") }) else {
            throw RESTFailure(404, "there is no pull request \(call.parameter("number"))")
        }
        return (repository, pull)
    }

    func controlListPulls(_ call: RESTCall) throws -> RESTAnswer {
        RESTAnswer(body: .array(try controlRepository(call).pulls.map(summary)))
    }

    func controlReadPull(_ call: RESTCall) throws -> RESTAnswer {
        RESTAnswer(body: summary(try controlPull(call).1))
    }

    func controlChangePull(_ call: RESTCall) async throws -> RESTAnswer {
        let (repository, pull) = try controlPull(call)
        let sender = try controlSender(call, repository)
        if try call.flag("merged") == true {
            _ = try await merge(pull, in: repository, sender: sender)
        } else {
            let state = try required(call, "state")
            guard ["open", "closed"].contains(state) else { throw RESTFailure(422, "\(state) is no state") }
            try setPullRequest(pull, in: repository, isOpen: state == "open", sender: sender)
        }
        return RESTAnswer(body: summary(pull))
    }
}
