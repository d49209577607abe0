import Model

/// One step towards the declared permissions. It may be applied twice.
public enum PermissionOperation: Sendable, Hashable, Codable {
    /// Somebody has no access; members of the organization get it at once, all others an invitation.
    case invite(login: String, PermissionLevel)
    /// A collaborator has another level.
    case change(login: String, from: String, to: PermissionLevel)
    /// A collaborator is not declared.
    case remove(login: String, from: String)
    /// An invitation offers another level.
    case changeInvitation(id: Int64, login: String, from: String, to: PermissionLevel)
    /// An invitation is not declared, or too old to be accepted.
    case withdraw(id: Int64, login: String?, from: String)
    /// A team has no access.
    case grantTeam(slug: String, PermissionLevel)
    /// A team has another level.
    case changeTeam(slug: String, from: String, to: PermissionLevel)
    /// A team is not declared.
    case revokeTeam(slug: String, from: String)

    /// The name of a collaborator's access among all that a repository has.
    static func key(login: String) -> String { "collaborator \(login.lowercased())" }
    /// The name of a team's access.
    static func key(team: String) -> String { "team \(team.lowercased())" }

    /// Whose access it is about. What is done for one person or team does not depend on another.
    public var subject: String {
        switch self {
        case .invite(let login, _), .change(let login, _, _), .remove(let login, _),
            .changeInvitation(_, let login, _, _):
            Self.key(login: login)
        case .withdraw(let id, let login, _): login.map { Self.key(login: $0) } ?? "invitation \(id)"
        case .grantTeam(let slug, _), .changeTeam(let slug, _, _), .revokeTeam(let slug, _): Self.key(team: slug)
        }
    }

    /// Whether somebody has fewer rights afterwards.
    public var takes: Bool {
        switch self {
        case .remove, .withdraw, .revokeTeam: true
        case .change(_, let from, let to), .changeInvitation(_, _, let from, let to), .changeTeam(_, let from, let to):
            PermissionLevel(rawValue: from).map { to < $0 } ?? false
        case .invite, .grantTeam: false
        }
    }

    /// What it does, in the shape of all operations.
    public var change: Change {
        func change(
            _ action: Change.Action, _ kind: String, _ name: String, id: Int64? = nil, from: String = "",
            to: String = ""
        ) -> Change {
            Change(
                action: action, kind: kind, name: name, id: id,
                fields: [FieldChange(field: "permission", old: from, new: to)])
        }
        return switch self {
        case .invite(let login, let level): change(.create, "collaborator", login, to: level.rawValue)
        case .change(let login, let from, let to):
            change(.update, "collaborator", login, from: from, to: to.rawValue)
        case .remove(let login, let from): change(.delete, "collaborator", login, from: from)
        case .changeInvitation(let id, let login, let from, let to):
            change(.update, "invitation", login, id: id, from: from, to: to.rawValue)
        case .withdraw(let id, let login, let from):
            change(.delete, "invitation", login ?? "by e-mail", id: id, from: from)
        case .grantTeam(let slug, let level): change(.create, "team", slug, to: level.rawValue)
        case .changeTeam(let slug, let from, let to): change(.update, "team", slug, from: from, to: to.rawValue)
        case .revokeTeam(let slug, let from): change(.delete, "team", slug, from: from)
        }
    }
}
