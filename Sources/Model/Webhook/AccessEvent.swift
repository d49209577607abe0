/// An event that says that somebody's access or a repository's privacy may have changed. What it says is not believed
/// but read anew, so neither its order nor a lost one matters.
///
/// One webhook of each project listens to those that GitHub sends to repositories: that of the hook whose id came first
/// when the project was new, for as long as it has the hook. A webhook more for each project would cost a creating write,
/// a place among the twenty that a repository may have, and a secret more, for events that hardly ever come. All of them
/// come from webhooks of organizations and of GitHub Apps, which somebody may point at `/_events`.
public enum AccessEvent: String, Sendable, Hashable, CaseIterable {
    case installation, member, membership, organization, `public`, repository, team
    case installationRepositories = "installation_repositories"
    case teamAdd = "team_add"

    /// The ones that a repository's webhook can listen to.
    public static let ofRepositories = [member, `public`, repository, teamAdd].map(\.rawValue)

    /// The ones that a webhook of an organization should listen to; an app's gets those about installations anyway.
    public static let ofAccounts = [member, membership, organization, `public`, repository, team, teamAdd]
        .map(\.rawValue)

    /// Whether it is about people beyond one repository.
    public var concernsAll: Bool {
        switch self {
        case .installation, .installationRepositories, .membership, .organization, .team: true
        case .member, .public, .repository, .teamAdd: false
        }
    }

    /// Whether more than roles may have changed: what the server may do, or what the repository is.
    public var concernsRepository: Bool {
        switch self {
        case .installation, .installationRepositories, .public, .repository: true
        case .member, .membership, .organization, .team, .teamAdd: false
        }
    }
}
