import Model
import Store

/// A delivery that says that somebody's access or a repository's privacy may have changed. What it says is not believed
/// but read anew, so neither its order nor a lost one matters.
///
/// One webhook of each project listens to those that GitHub sends to repositories: the first hook's in its file, because a webhook
/// more for each project would cost a creating write, a place among the twenty that a repository may have, and a secret
/// more, for events that hardly ever come. The others come from webhooks of organizations and of GitHub Apps, which
/// somebody may point at any of our addresses.
enum AccessEvent: String {
    case member, membership, organization, `public`, repository, team
    case teamAdd = "team_add"

    /// The ones that a repository's webhook can listen to.
    static let ofRepositories = [member, `public`, repository, teamAdd].map(\.rawValue)

    /// Whether it is about people beyond one repository.
    private var concernsAll: Bool { self == .membership || self == .organization || self == .team }

    /// Stores the decision and wishes for what is to be read again.
    ///
    /// - Parameter project: `nil` for the admin repository.
    func finish(_ delivery: DeliveryRecord, of project: ProjectRecord?, in store: Store) async throws(StoreError) {
        // Before the delivery is done: a crash in between leads to a second wish, not to none.
        try await store.wantRoles(project.map { .project($0.id) } ?? .adminRepository)
        if let project, self == .public || self == .repository { try await store.wantSync(project.id) }
        if concernsAll { try await store.wantRoles(olderThan: 0) }
        let what =
            switch self {
            case .public, .repository: "the repository's settings changed"
            default: "somebody's access changed"
            }
        _ = try await store.finishDelivery(
            delivery.id, decision: "\(what); it is read from GitHub again", failed: false, build: nil)
    }
}
