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

    /// Different for everybody who may see or do something else, and for every browser that is signed in.
    var key: String {
        guard let person else { return "stranger" }
        let levels = person.session.levels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.rawValue)" }
        return "\(person.login) \(person.formToken) \(person.session.readsAdminRepository) \(levels)"
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
