/// Why a part of what is declared is not done: it could not be undone from here.
public enum PlanProblem: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// The account of the token would lose its admin rights, and Kozmic could then repair nothing.
    case ownAccount(login: String)
    /// The declared owner would lose access.
    case owner(login: String)
    /// Nobody would be left with admin rights.
    case lastAdmin(names: [String])
    /// The account of the token has its admin rights by a team that would lose them.
    case ownTeam(slug: String, login: String)
    /// Somebody who has access is declared by a name that another account may have by now.
    case renamed(old: String, new: String)
    /// Teams are declared for a repository that belongs to a user.
    case teamsWithoutOrganization

    /// The part that is left as it is.
    public var part: Operation.Part { .permissions }

    /// A sentence with the way out.
    public var description: String {
        switch self {
        case .ownAccount(let login):
            "\(login), the account of Kozmic's own token, would lose its admin rights: "
                + "declare '\(login): admin' among the collaborators"
        case .owner(let login):
            "\(login), the declared owner, would lose access: declare \(login) among the collaborators"
        case .lastAdmin(let names):
            "nobody would be left with admin rights (now: \(names.joined(separator: ", "))): "
                + "declare at least one admin"
        case .ownTeam(let slug, let login):
            "\(login), the account of Kozmic's own token, has its admin rights by the team \(slug), which would lose "
                + "them: declare '\(slug): admin' among the teams or '\(login): admin' among the collaborators"
        case .renamed(let old, let new):
            "\(old) is called \(new) on GitHub now, and somebody else may take the old name: declare \(new) instead"
        case .teamsWithoutOrganization:
            "teams are declared, but the repository belongs to a user, not to an organization: remove them"
        }
    }
}
