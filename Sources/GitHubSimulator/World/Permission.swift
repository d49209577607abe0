/// What a user may do in a repository, from least to most.
enum Permission: Int, Sendable, Comparable, CaseIterable {
    case pull, triage, push, maintain, admin

    static func < (left: Permission, right: Permission) -> Bool { left.rawValue < right.rawValue }

    /// The word that requests use.
    var word: String {
        switch self {
        case .pull: "pull"
        case .triage: "triage"
        case .push: "push"
        case .maintain: "maintain"
        case .admin: "admin"
        }
    }

    /// The word that `role_name` and invitations use.
    var role: String {
        switch self {
        case .pull: "read"
        case .push: "write"
        default: word
        }
    }

    /// The word of the old `permission` key, which knows no triage and no maintain.
    var legacy: String {
        switch self {
        case .pull, .triage: "read"
        case .push, .maintain: "write"
        case .admin: "admin"
        }
    }

    init?(word: String) {
        guard let found = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = found
    }

    /// The object of five flags.
    var flags: JSON {
        .object(
            Self.allCases.reversed().map { JSON.Member(name: $0.word, value: .bool(self >= $0)) })
    }
}
