/// A method, a path pattern (`:name` matches one part, a last `*name` the rest) and who answers.
struct RESTRoute: Sendable {
    let method: String
    let pattern: [Substring]
    let run: @Sendable (World, RESTCall) async throws -> RESTAnswer

    init(
        _ method: String, _ pattern: String, _ run: @escaping @Sendable (World, RESTCall) async throws -> RESTAnswer
    ) {
        self.method = method
        self.pattern = pattern.split(separator: "/")
        self.run = run
    }

    /// The parameters of a path, `nil` when it is another path.
    func match(_ segments: [String]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (position, part) in pattern.enumerated() {
            if part.hasPrefix("*") {
                guard position < segments.count else { return nil }
                parameters[String(part.dropFirst())] = segments[position...].joined(separator: "/")
                return parameters
            }
            guard position < segments.count else { return nil }
            if part.hasPrefix(":") {
                parameters[String(part.dropFirst())] = segments[position]
            } else if part != segments[position] {
                return nil
            }
        }
        return pattern.count == segments.count ? parameters : nil
    }

    /// Every address that is served, the first that matches answers.
    static let all: [RESTRoute] =
        hooks + statuses + collaborators + keys + pulls + comments + protection + references + repositories
        + organizations + users

    private static let hooks = [
        RESTRoute("GET", "/repos/:owner/:repo/hooks") { try await $0.listHooks($1) },
        RESTRoute("POST", "/repos/:owner/:repo/hooks") { try await $0.createHook($1) },
        RESTRoute("GET", "/repos/:owner/:repo/hooks/:hook") { try await $0.readHook($1) },
        RESTRoute("PATCH", "/repos/:owner/:repo/hooks/:hook") { try await $0.updateHook($1) },
        RESTRoute("DELETE", "/repos/:owner/:repo/hooks/:hook") { try await $0.deleteHook($1) },
        RESTRoute("GET", "/repos/:owner/:repo/hooks/:hook/config") { try await $0.readHookConfig($1) },
        RESTRoute("PATCH", "/repos/:owner/:repo/hooks/:hook/config") { try await $0.updateHookConfig($1) },
        RESTRoute("POST", "/repos/:owner/:repo/hooks/:hook/pings") { try await $0.pingHook($1) },
        RESTRoute("POST", "/repos/:owner/:repo/hooks/:hook/tests") { try await $0.testHook($1) },
        RESTRoute("POST", "/repos/:owner/:repo/hooks/:hook/test") { try await $0.testHook($1) },
        RESTRoute("GET", "/repos/:owner/:repo/hooks/:hook/deliveries") { try await $0.listDeliveries($1) },
        RESTRoute("GET", "/repos/:owner/:repo/hooks/:hook/deliveries/:delivery") { try await $0.readDelivery($1) },
        RESTRoute("POST", "/repos/:owner/:repo/hooks/:hook/deliveries/:delivery/attempts") {
            try await $0.redeliver($1)
        },
    ]
    private static let statuses = [
        RESTRoute("POST", "/repos/:owner/:repo/statuses/:sha") { try await $0.createStatus($1) },
        RESTRoute("GET", "/repos/:owner/:repo/statuses/*ref") { try await $0.listStatuses($1) },
        RESTRoute("GET", "/repos/:owner/:repo/commits/:ref/statuses") { try await $0.listStatuses($1) },
        RESTRoute("GET", "/repos/:owner/:repo/commits/:ref/status") { try await $0.combinedStatus($1) },
        RESTRoute("GET", "/repos/:owner/:repo/commits/*ref") { try await $0.readCommit($1) },
    ]
    private static let collaborators = [
        RESTRoute("GET", "/repos/:owner/:repo/collaborators") { try await $0.listCollaborators($1) },
        RESTRoute("GET", "/repos/:owner/:repo/collaborators/:user") { try await $0.checkCollaborator($1) },
        RESTRoute("PUT", "/repos/:owner/:repo/collaborators/:user") { try await $0.addCollaborator($1) },
        RESTRoute("DELETE", "/repos/:owner/:repo/collaborators/:user") { try await $0.removeCollaborator($1) },
        RESTRoute("GET", "/repos/:owner/:repo/collaborators/:user/permission") {
            try await $0.readPermission($1)
        },
        RESTRoute("GET", "/repos/:owner/:repo/invitations") { try await $0.listInvitations($1) },
        RESTRoute("PATCH", "/repos/:owner/:repo/invitations/:invitation") { try await $0.updateInvitation($1) },
        RESTRoute("DELETE", "/repos/:owner/:repo/invitations/:invitation") { try await $0.deleteInvitation($1) },
        RESTRoute("GET", "/user/repository_invitations") { try await $0.listOwnInvitations($1) },
        RESTRoute("PATCH", "/user/repository_invitations/:invitation") { try await $0.acceptInvitation($1) },
        RESTRoute("DELETE", "/user/repository_invitations/:invitation") { try await $0.declineInvitation($1) },
    ]
    private static let keys = [
        RESTRoute("GET", "/repos/:owner/:repo/keys") { try await $0.listKeys($1) },
        RESTRoute("POST", "/repos/:owner/:repo/keys") { try await $0.createKey($1) },
        RESTRoute("GET", "/repos/:owner/:repo/keys/:key") { try await $0.readKey($1) },
        RESTRoute("DELETE", "/repos/:owner/:repo/keys/:key") { try await $0.deleteKey($1) },
    ]
    private static let pulls = [
        RESTRoute("GET", "/repos/:owner/:repo/pulls") { try await $0.listPulls($1) },
        RESTRoute("POST", "/repos/:owner/:repo/pulls") { try await $0.createPull($1) },
        RESTRoute("GET", "/repos/:owner/:repo/pulls/:number") { try await $0.readPull($1) },
        RESTRoute("PATCH", "/repos/:owner/:repo/pulls/:number") { try await $0.updatePull($1) },
        RESTRoute("PUT", "/repos/:owner/:repo/pulls/:number/merge") { try await $0.mergePull($1) },
    ]
    private static let references = [
        RESTRoute("GET", "/repos/:owner/:repo/branches") { try await $0.listBranches($1) },
        RESTRoute("GET", "/repos/:owner/:repo/branches/*branch") { try await $0.readBranch($1) },
        RESTRoute("GET", "/repos/:owner/:repo/git/ref/*ref") { try await $0.readReference($1) },
        RESTRoute("GET", "/repos/:owner/:repo/git/matching-refs/*ref") { try await $0.matchingReferences($1) },
        RESTRoute("POST", "/repos/:owner/:repo/git/refs") { try await $0.createReference($1) },
        RESTRoute("PATCH", "/repos/:owner/:repo/git/refs/*ref") { try await $0.updateReference($1) },
        RESTRoute("DELETE", "/repos/:owner/:repo/git/refs/*ref") { try await $0.deleteReference($1) },
    ]
    private static let repositories = [
        RESTRoute("GET", "/repos/:owner/:repo") { try await $0.readRepository($1) },
        RESTRoute("PATCH", "/repos/:owner/:repo") { try await $0.updateRepository($1) },
        RESTRoute("DELETE", "/repos/:owner/:repo") { try await $0.deleteRepository($1) },
        RESTRoute("GET", "/repos/:owner/:repo/teams") { try await $0.listRepositoryTeams($1) },
        RESTRoute("POST", "/repos/:owner/:repo/forks") { try await $0.forkRepository($1) },
        RESTRoute("GET", "/user/repos") { try await $0.listOwnRepositories($1) },
        RESTRoute("POST", "/user/repos") { try await $0.createOwnRepository($1) },
        RESTRoute("GET", "/orgs/:org/repos") { try await $0.listOrganizationRepositories($1) },
        RESTRoute("POST", "/orgs/:org/repos") { try await $0.createOrganizationRepository($1) },
    ]
    private static let organizations = [
        RESTRoute("GET", "/orgs/:org") { try await $0.readOrganization($1) },
        RESTRoute("GET", "/orgs/:org/hooks") { try await $0.listOrganizationHooks($1) },
        RESTRoute("POST", "/orgs/:org/hooks") { try await $0.createOrganizationHook($1) },
        RESTRoute("DELETE", "/orgs/:org/hooks/:hook") { try await $0.deleteOrganizationHook($1) },
        RESTRoute("GET", "/installation/repositories") { try await $0.listInstallationRepositories($1) },
        RESTRoute("GET", "/orgs/:org/members/:user") { try await $0.checkMember($1) },
        RESTRoute("GET", "/orgs/:org/teams") { try await $0.listTeams($1) },
        RESTRoute("POST", "/orgs/:org/teams") { try await $0.createTeam($1) },
        RESTRoute("GET", "/orgs/:org/teams/:team") { try await $0.readTeam($1) },
        RESTRoute("DELETE", "/orgs/:org/teams/:team") { try await $0.deleteTeam($1) },
        RESTRoute("GET", "/orgs/:org/teams/:team/members") { try await $0.listTeamMembers($1) },
        RESTRoute("GET", "/orgs/:org/teams/:team/memberships/:user") { try await $0.readMembership($1) },
        RESTRoute("PUT", "/orgs/:org/teams/:team/memberships/:user") { try await $0.setMembership($1) },
        RESTRoute("DELETE", "/orgs/:org/teams/:team/memberships/:user") { try await $0.deleteMembership($1) },
        RESTRoute("GET", "/orgs/:org/teams/:team/repos/:owner/:repo") { try await $0.checkTeamRepository($1) },
        RESTRoute("PUT", "/orgs/:org/teams/:team/repos/:owner/:repo") { try await $0.setTeamRepository($1) },
        RESTRoute("DELETE", "/orgs/:org/teams/:team/repos/:owner/:repo") { try await $0.deleteTeamRepository($1) },
    ]
    private static let users = [
        RESTRoute("GET", "/user") { try await $0.readViewer($1) },
        RESTRoute("GET", "/user/orgs") { try await $0.listOwnOrganizations($1) },
        RESTRoute("GET", "/users/:user") { try await $0.readUser($1) },
        RESTRoute("GET", "/rate_limit") { await $0.readRateLimit($1) },
    ]
}
