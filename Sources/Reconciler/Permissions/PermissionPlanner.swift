import Model

/// Compares the permissions that are declared with those that GitHub has. Pure.
struct PermissionPlanner {
    private let desired: DesiredRepository
    private let observed: ObservedRepository
    private let direct: [String: ObservedCollaborator]
    private let teams: [String: ObservedTeam]
    private var grants: [PermissionOperation] = []
    private var reductions: [PermissionOperation] = []
    private var problems: [PlanProblem] = []

    init(_ desired: DesiredRepository, _ observed: ObservedRepository) {
        self.desired = desired
        self.observed = observed
        direct = Dictionary(observed.collaborators.map { ($0.login.lowercased(), $0) }) { first, _ in first }
        teams = Dictionary(observed.teams.map { ($0.slug.lowercased(), $0) }) { first, _ in first }
    }

    /// What gives comes before what takes, so that a crash in between leaves nobody outside.
    func result() -> (operations: [PermissionOperation], problems: [PlanProblem]) {
        guard desired.hasPermissions else { return ([], []) }
        var planner = self
        planner.planTeams()
        planner.planCollaborators()
        planner.protect()
        guard planner.problems.isEmpty else { return ([], planner.problems) }
        return (planner.grants + planner.reductions, [])
    }

    /// Why one operation must not be done as things are.
    func obstacle(to operation: PermissionOperation) -> PlanProblem? {
        var planner = self
        planner.reductions = [operation]
        planner.protect()
        return planner.problems.first
    }

    private mutating func planTeams() {
        if observed.isOrganization == false, !desired.permissions.teams.isEmpty {
            problems.append(.teamsWithoutOrganization)
            return
        }
        let declared = Self.byKey(desired.permissions.teams)
        for (key, slug, level) in declared {
            guard let there = teams[key] else {
                grants.append(.grantTeam(slug: slug, level))
                continue
            }
            let isInherited = isInherited(PermissionOperation.key(team: slug), there.level, declared: level)
            guard there.level != level.rawValue, !isInherited else { continue }
            add(.changeTeam(slug: there.slug, from: there.level, to: level), from: there.level, to: level)
        }
        guard desired.permissions.authoritative else { return }
        let names = Set(declared.map(\.key))
        for (key, team) in teams.sorted(by: { $0.key < $1.key })
        where !names.contains(key) && !isInherited(PermissionOperation.key(team: key), team.level) {
            reductions.append(.revokeTeam(slug: team.slug, from: team.level))
        }
    }

    private mutating func planCollaborators() {
        let declared = Self.byKey(desired.permissions.collaborators)
        // The user who owns a repository has every right, and can be neither invited nor removed.
        for (key, login, level) in declared where key != observed.ownerKey {
            if let there = direct[key] {
                let isInherited = isInherited(PermissionOperation.key(login: login), there.level, declared: level)
                guard there.level != level.rawValue, !isInherited else { continue }
                add(.change(login: there.login, from: there.level, to: level), from: there.level, to: level)
            } else {
                planInvitation(key, login, level)
            }
        }
        guard desired.permissions.authoritative else { return }
        let names = Set(declared.map(\.key))
        for (key, person) in direct.sorted(by: { $0.key < $1.key })
        where !names.contains(key) && key != observed.ownerKey {
            reductions.append(.remove(login: person.login, from: person.level))
        }
        for invitation in sortedInvitations where !names.contains(invitation.login?.lowercased() ?? "") {
            reductions.append(.withdraw(id: invitation.id, login: invitation.login, from: invitation.level))
        }
    }

    /// An invitation with the declared level is as good as access: whether it is accepted is not ours to decide.
    private mutating func planInvitation(_ key: String, _ login: String, _ level: PermissionLevel) {
        let sent = sortedInvitations.filter { $0.login?.lowercased() == key }
        if let pending = sent.first(where: { !$0.isExpired }) {
            guard pending.level != level.rawValue else { return }
            grants.append(.changeInvitation(id: pending.id, login: login, from: pending.level, to: level))
            return
        }
        grants += sent.map { .withdraw(id: $0.id, login: $0.login, from: $0.level) }
        grants.append(.invite(login: login, level))
    }

    /// What could not be undone from here is a problem, and then nothing of the permissions is done.
    private mutating func protect() {
        for (old, new) in (observed.renamed ?? [:]).sorted(by: { $0.key < $1.key }) {
            let name = desired.permissions.collaborators.keys.first { $0.lowercased() == old }
            if let name { problems.append(.renamed(old: name, new: new)) }
        }
        let viewer = observed.viewer?.lowercased()
        let owner = desired.owner?.lowercased()
        var admins = Set(direct.filter { $0.value.level == "admin" }.map { PermissionOperation.key(login: $0.key) })
        admins.formUnion(teams.filter { $0.value.level == "admin" }.map { PermissionOperation.key(team: $0.key) })
        if observed.isOrganization == false { admins.insert(PermissionOperation.key(login: observed.ownerKey)) }
        // An account that has its rights neither by name nor by a team, as owners of an organization have, keeps them.
        let isDirect = viewer.flatMap { direct[$0] }?.level == "admin"
        let adminTeams = admins.filter { $0.hasPrefix("team ") }
        let before = admins
        for operation in grants + reductions {
            switch operation {
            case .remove(let login, let from):
                if login.lowercased() == viewer { problems.append(.ownAccount(login: login)) }
                if login.lowercased() == owner { problems.append(.owner(login: login)) }
                if from == "admin" { admins.remove(PermissionOperation.key(login: login)) }
            case .withdraw(_, let login?, _):
                let isKept = desired.permissions.collaborators.keys.contains { $0.lowercased() == login.lowercased() }
                if login.lowercased() == owner, !isKept { problems.append(.owner(login: login)) }
            case .change(let login, let from, let to):
                let key = PermissionOperation.key(login: login)
                if to == .admin { admins.insert(key) } else { admins.remove(key) }
                if login.lowercased() == viewer, from == "admin" { problems.append(.ownAccount(login: login)) }
            case .changeTeam(let slug, _, let to):
                let key = PermissionOperation.key(team: slug)
                if to == .admin { admins.insert(key) } else { admins.remove(key) }
            case .grantTeam(let slug, .admin): admins.insert(PermissionOperation.key(team: slug))
            case .revokeTeam(let slug, _): admins.remove(PermissionOperation.key(team: slug))
            case .invite(let login, let level):
                // Given a lower level by name, the account would be shown as an admin, whom nothing may lower any more.
                guard login.lowercased() == viewer, observed.isViewerAdmin, level != .admin else { continue }
                problems.append(.ownAccount(login: login))
            case .grantTeam, .withdraw, .changeInvitation: break
            }
        }
        protectOwnTeam(admins)
        let isViewerLeft = observed.isViewerAdmin && !isDirect && adminTeams.isSubset(of: admins)
        if admins.isEmpty, !before.isEmpty, !isViewerLeft { problems.append(.lastAdmin(names: before.sorted())) }
    }

    /// The token's account may be one of those whom a team made admins.
    ///
    /// - Parameter admins: who would be left.
    private mutating func protectOwnTeam(_ admins: Set<String>) {
        guard let viewer = observed.viewer, !admins.contains(PermissionOperation.key(login: viewer)) else { return }
        let own = teams.values.filter { $0.hasViewer == true && $0.level == "admin" }.map(\.slug).sorted()
        guard !own.isEmpty, !own.contains(where: { admins.contains(PermissionOperation.key(team: $0)) }) else { return }
        problems.append(.ownTeam(slug: own[0], login: viewer))
    }

    private var sortedInvitations: [ObservedInvitation] { observed.invitations.sorted { $0.id < $1.id } }

    /// Whether the level comes from elsewhere and lower is declared. What is declared higher has to be given here.
    private func isInherited(_ key: String, _ level: String, declared: PermissionLevel? = nil) -> Bool {
        guard observed.inherited[key] == level else { return false }
        guard let declared, let shown = PermissionLevel(rawValue: level) else { return true }
        return declared < shown
    }

    /// An organization's own role is neither higher nor lower than a level; changing it counts as giving.
    private mutating func add(_ operation: PermissionOperation, from old: String, to new: PermissionLevel) {
        if let old = PermissionLevel(rawValue: old), new < old {
            reductions.append(operation)
        } else {
            grants.append(operation)
        }
    }

    /// Names in any letters are one; the first in the order of the letters counts.
    private static func byKey(
        _ levels: [String: PermissionLevel]
    ) -> [(key: String, name: String, level: PermissionLevel)] {
        var seen: Set<String> = []
        return levels.sorted { $0.key < $1.key }.map { ($0.key.lowercased(), $0.key, $0.value) }
            .filter { seen.insert($0.0).inserted }.sorted { $0.0 < $1.0 }
    }
}
