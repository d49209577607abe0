import Model
import Store

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

    /// Somebody who signed in, in one browser, or whose token came with the request.
    struct Person: Sendable {
        /// Who it is, and what GitHub lets the account do.
        var session: SessionRecord
        /// What every form of this session carries; see `Forms`.
        var formToken: String
        /// Whether a token came with the request, in place of a browser's session.
        var isByToken = false

        /// The account's name.
        var login: String { session.login }
    }
}
