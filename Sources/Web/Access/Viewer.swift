import Model

/// Who asks.
enum Viewer: Sendable {
    /// Somebody who did not sign in.
    case stranger
    /// Somebody whom GitHub vouched for.
    case person(Person)

    /// `nil` for a stranger.
    var person: Person? {
        if case .person(let person) = self { person } else { nil }
    }

    /// What is known of somebody who signed in.
    struct Person: Sendable {
        /// GitHub's number of the account.
        var id: Int64
        /// The account's name.
        var login: String
        /// What GitHub lets the account do, by project.
        var levels: [Int64: PermissionLevel]
        /// Whether GitHub lets the account read the admin repository.
        var readsAdminRepository: Bool
    }
}
