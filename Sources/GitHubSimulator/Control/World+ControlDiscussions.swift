extension World {
    func controlListComments(_ call: RESTCall) throws -> RESTAnswer {
        let pull = try controlPull(call).1
        return RESTAnswer(
            body: .array(
                pull.comments.map { comment in
                    [
                        "id": .int(comment.id), "user": .string(comment.user.login), "body": .string(comment.body),
                        "created_at": JSON(comment.createdAt), "updated_at": JSON(comment.updatedAt),
                    ]
                }))
    }

    func controlMakeComment(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, pull) = try controlPull(call)
        let user = try call.string("user").map(controlAccount)
        let comment = Comment(
            id: nextID(), user: user ?? defaultSender(of: repository), body: try required(call, "body"))
        pull.comments.append(comment)
        return .created(["id": .int(comment.id)])
    }

    func controlRemoveComment(_ call: RESTCall) throws -> RESTAnswer {
        let pull = try controlPull(call).1
        let id = try call.id("comment")
        pull.comments.removeAll { $0.id == id }
        return .noContent
    }

    func controlProtect(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try controlRepository(call)
        let branch = try call.string("branch") ?? repository.defaultBranch
        repository.protections[branch] = BranchProtection(
            contexts: try call.strings("contexts"), ruleContexts: try call.strings("rule_contexts") ?? [],
            isStrict: try call.flag("strict") ?? false)
        return .noContent
    }

    func controlUnprotect(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try controlRepository(call)
        repository.protections[call.query("branch") ?? repository.defaultBranch] = nil
        return .noContent
    }
}

extension ControlRoute {
    static let discussions = [
        RESTRoute("GET", "/_control/repos/:owner/:repo/pulls/:number/comments") {
            try await $0.controlListComments($1)
        },
        RESTRoute("POST", "/_control/repos/:owner/:repo/pulls/:number/comments") {
            try await $0.controlMakeComment($1)
        },
        RESTRoute("DELETE", "/_control/repos/:owner/:repo/pulls/:number/comments/:comment") {
            try await $0.controlRemoveComment($1)
        },
        RESTRoute("PUT", "/_control/repos/:owner/:repo/protection") { try await $0.controlProtect($1) },
        RESTRoute("DELETE", "/_control/repos/:owner/:repo/protection") { try await $0.controlUnprotect($1) },
    ]
}
