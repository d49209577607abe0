/// What a person is in a project; each one may do what those before it may.
public enum Role: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// Sees the project.
    case member
    /// Reruns and cancels its jobs: those who can push.
    case manager
    /// The one whom the admin repository names.
    case owner

    /// The role of an account that GitHub lists with that level.
    ///
    /// Somebody whom GitHub gives no access has no role, even if the admin repository calls them the owner: a name on
    /// GitHub may be given up and taken by somebody else.
    ///
    /// - Parameter declaredOwner: the login in the project's `owner`; letter case does not matter.
    public init(_ level: PermissionLevel, login: String, declaredOwner: String?) {
        if login.lowercased() == declaredOwner?.lowercased() {
            self = .owner
        } else {
            self = level >= .push ? .manager : .member
        }
    }

    public static func < (left: Self, right: Self) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}
