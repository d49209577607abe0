extension World {
    /// Only administrators are told of the classic protection; to all others it does not exist.
    private func protection(_ call: RESTCall) async throws -> (Repository, BranchProtection) {
        let repository = try repository(call, for: .admin)
        let branch = call.parameter("branch")
        guard try await git.references(repository.id)["refs/heads/\(branch)"] != nil else {
            throw RESTFailure(404, "Branch not found")
        }
        guard let protection = repository.protections[branch], protection.contexts != nil else {
            throw RESTFailure(404, "Branch not protected")
        }
        return (repository, protection)
    }

    private func checks(_ protection: BranchProtection, _ url: String) -> JSON {
        let contexts = protection.contexts ?? []
        return [
            "url": .string(url), "strict": JSON(protection.isStrict), "contexts": JSON(contexts),
            "contexts_url": .string("\(url)/contexts"),
            "checks": .array(contexts.map { ["context": .string($0), "app_id": nil] }),
        ]
    }

    private func url(_ call: RESTCall, _ repository: Repository) -> String {
        "\(call.addresses.repository(repository))/branches/\(call.parameter("branch"))/protection"
    }

    func readProtection(_ call: RESTCall) async throws -> RESTAnswer {
        let (repository, protection) = try await protection(call)
        let url = url(call, repository)
        var shown: JSON = ["url": .string(url), "enforce_admins": ["url": "", "enabled": false]]
        if protection.contexts?.isEmpty == false {
            shown = shown.adding(["required_status_checks": checks(protection, "\(url)/required_status_checks")])
        }
        return RESTAnswer(body: shown)
    }

    func readRequiredChecks(_ call: RESTCall) async throws -> RESTAnswer {
        let (repository, protection) = try await protection(call)
        guard protection.contexts?.isEmpty == false else {
            throw RESTFailure(404, "Required status checks not enabled")
        }
        return RESTAnswer(body: checks(protection, "\(url(call, repository))/required_status_checks"))
    }

    /// Everybody who may read is told of the rules.
    func listRules(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call)
        let contexts = repository.protections[call.parameter("branch")]?.ruleContexts ?? []
        let source: JSON = [
            "ruleset_source_type": "Repository", "ruleset_source": .string(repository.fullName), "ruleset_id": 42,
        ]
        let rules: [JSON] =
            contexts.isEmpty
            ? []
            : [
                JSON.object([]).adding(["type": "deletion"]).adding(source),
                JSON.object([]).adding([
                    "type": "required_status_checks",
                    "parameters": [
                        "required_status_checks": .array(contexts.map { ["context": .string($0)] }),
                        "strict_required_status_checks_policy": false, "do_not_enforce_on_create": false,
                    ],
                ]).adding(source),
            ]
        return call.page(rules) { $0 }
    }
}
