extension World {
    /// Answers a control route; README.md is their reference.
    func control(_ original: RESTCall) async -> RESTAnswer {
        var call = original
        do {
            if !call.bytes.isEmpty {
                guard let body = try? JSON(reading: call.bytes), body.members != nil else {
                    throw RESTFailure(400, "the body is not a JSON object")
                }
                call.body = body
            }
            for route in ControlRoute.all where route.method == call.method {
                guard let parameters = route.match(call.segments) else { continue }
                call.parameters = parameters
                return try await route.run(self, call)
            }
            throw RESTFailure(404, "there is no \(call.method) \(call.path)")
        } catch let failure as RESTFailure {
            let details = failure.errors.compactMap { $0["message"]?.text ?? $0["field"]?.text }
            let message = ([failure.message] + details).joined(separator: ": ")
            return RESTAnswer(status: failure.status, body: ["message": .string(message)])
        } catch {
            return RESTAnswer(status: 422, body: ["message": .string("\(error)")])
        }
    }
}

/// The addresses below `/_control/`.
enum ControlRoute {
    static let all: [RESTRoute] =
        accounts + World.appControls + repositories + commits + pulls + discussions + records + trouble

    private static let accounts = [
        RESTRoute("POST", "/_control/users") { try await $0.controlMakeUser($1) },
        RESTRoute("POST", "/_control/orgs") { try await $0.controlMakeOrganization($1) },
        RESTRoute("POST", "/_control/orgs/:org/teams") { try await $0.controlMakeTeam($1) },
        RESTRoute("DELETE", "/_control/tokens/:token") { await $0.controlRevoke($1) },
        RESTRoute("POST", "/_control/oauth/apps") { try await $0.controlMakeOAuthApp($1) },
        RESTRoute("PUT", "/_control/oauth/browser") { try await $0.controlSetBrowserUser($1) },
        RESTRoute("DELETE", "/_control/oauth/tokens/:user") { try await $0.controlRevokeSignIns($1) },
    ]
    private static let repositories = [
        RESTRoute("POST", "/_control/repos") { try await $0.controlMakeRepository($1) },
        RESTRoute("GET", "/_control/repos") { await $0.controlListRepositories($1) },
        RESTRoute("GET", "/_control/repos/:owner/:repo") { try await $0.controlReadRepository($1) },
        RESTRoute("PATCH", "/_control/repos/:owner/:repo") { try await $0.controlChangeRepository($1) },
        RESTRoute("DELETE", "/_control/repos/:owner/:repo") { try await $0.controlRemoveRepository($1) },
        RESTRoute("POST", "/_control/repos/:owner/:repo/forks") { try await $0.controlFork($1) },
        RESTRoute("PUT", "/_control/repos/:owner/:repo/collaborators/:user") {
            try await $0.controlSetCollaborator($1)
        },
        RESTRoute("DELETE", "/_control/repos/:owner/:repo/collaborators/:user") {
            try await $0.controlRemoveCollaborator($1)
        },
    ]
    private static let commits = [
        RESTRoute("POST", "/_control/repos/:owner/:repo/commits") { try await $0.controlCommit($1) },
        RESTRoute("GET", "/_control/repos/:owner/:repo/refs") { try await $0.controlListReferences($1) },
        RESTRoute("PUT", "/_control/repos/:owner/:repo/refs") { try await $0.controlMoveReference($1) },
        RESTRoute("DELETE", "/_control/repos/:owner/:repo/refs") { try await $0.controlMoveReference($1) },
    ]
    private static let pulls = [
        RESTRoute("POST", "/_control/repos/:owner/:repo/pulls") { try await $0.controlOpenPull($1) },
        RESTRoute("GET", "/_control/repos/:owner/:repo/pulls") { try await $0.controlListPulls($1) },
        RESTRoute("GET", "/_control/repos/:owner/:repo/pulls/:number") { try await $0.controlReadPull($1) },
        RESTRoute("PATCH", "/_control/repos/:owner/:repo/pulls/:number") { try await $0.controlChangePull($1) },
    ]
    private static let records = [
        RESTRoute("GET", "/_control/repos/:owner/:repo/statuses/:sha") { try await $0.controlListStatuses($1) },
        RESTRoute("GET", "/_control/repos/:owner/:repo/hooks") { try await $0.controlListHooks($1) },
        RESTRoute("GET", "/_control/repos/:owner/:repo/keys") { try await $0.controlListKeys($1) },
        RESTRoute("GET", "/_control/repos/:owner/:repo/deliveries") { try await $0.controlListDeliveries($1) },
        RESTRoute("GET", "/_control/deliveries") { try await $0.controlListDeliveries($1) },
        RESTRoute("GET", "/_control/requests") { await $0.controlListRequests($1) },
        RESTRoute("DELETE", "/_control/requests") { await $0.controlForgetRequests($1) },
        RESTRoute("GET", "/_control/idle") { await $0.controlIdle($1) },
        RESTRoute("GET", "/_control/health") { await $0.controlHealth($1) },
    ]
    private static let trouble = [
        RESTRoute("POST", "/_control/faults") { try await $0.controlMakeFault($1) },
        RESTRoute("GET", "/_control/faults") { await $0.controlListFaults($1) },
        RESTRoute("DELETE", "/_control/faults") { await $0.controlRemoveFaults($1) },
        RESTRoute("DELETE", "/_control/faults/:fault") { await $0.controlRemoveFaults($1) },
        RESTRoute("PUT", "/_control/quota") { try await $0.controlSetQuota($1) },
        RESTRoute("POST", "/_control/repos/:owner/:repo/events") { try await $0.controlSendEvent($1) },
        RESTRoute("POST", "/_control/repos/:owner/:repo/hooks/:hook/redeliver") {
            try await $0.controlRedeliver($1)
        },
        RESTRoute("POST", "/_control/reset") { try await $0.controlReset($1) },
    ]
}
