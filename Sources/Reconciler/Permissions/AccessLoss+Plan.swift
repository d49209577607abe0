import Model

extension AccessLoss {
    /// What a plan takes from people and teams that are not declared.
    ///
    /// - Parameters:
    ///   - plan: of an authoritative project.
    ///   - permissions: what is declared.
    ///   - observed: what the plan was made for.
    public init(_ plan: Plan, _ permissions: Permissions, _ observed: ObservedRepository) {
        self.init(
            names: Set(plan.operations.compactMap { $0.loser(permissions) }), everybody: observed.everybody)
    }

    /// The same for what is remembered of a repository.
    ///
    /// - Returns: `nil` when the project is not authoritative, or nobody looked who has access.
    public init?(_ project: Project, _ observed: ObservedRepository) {
        guard project.permissions.authoritative, observed.lists.contains(.people) else { return nil }
        let desired = DesiredRepository(
            repository: project.repository, owner: project.owner, permissions: project.permissions,
            deployKey: DesiredDeployKey(mode: .never, title: ""))
        let operations = PermissionPlanner(desired, observed).result().operations.map(Operation.permission)
        self.init(Plan(repository: project.repository, operations: operations), project.permissions, observed)
    }
}

extension Operation {
    /// Who loses access by it without being declared with less: `alice`, `team core`, `invitation 7`; lower case.
    ///
    /// - Parameter permissions: what is declared.
    public func loser(_ permissions: Permissions) -> String? {
        guard case .permission(let operation) = self else { return nil }
        switch operation {
        case .remove(let login, _): return login.lowercased()
        case .revokeTeam(let slug, _): return PermissionOperation.key(team: slug)
        case .withdraw(let id, let login, _):
            guard let key = login?.lowercased() else { return "invitation \(id)" }
            // One that is too old is withdrawn only to be sent again.
            return permissions.collaborators.keys.contains { $0.lowercased() == key } ? nil : key
        case .invite, .change, .changeInvitation, .grantTeam, .changeTeam: return nil
        }
    }
}

extension ObservedRepository {
    /// Everybody with access, but for the user who owns it, by the names of `Operation.loser`.
    fileprivate var everybody: Set<String> {
        let logins = collaborators.map { $0.login.lowercased() }.filter { $0 != ownerKey }
        let invited = invitations.map { $0.login?.lowercased() ?? "invitation \($0.id)" }
        return Set(logins + invited + teams.map { PermissionOperation.key(team: $0.slug) })
    }
}
