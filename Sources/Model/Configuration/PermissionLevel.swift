/// GitHub's levels, in the words of its requests.
public enum PermissionLevel: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case pull, triage, push, maintain, admin

    public static func < (left: Self, right: Self) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}
