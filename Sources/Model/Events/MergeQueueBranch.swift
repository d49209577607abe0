/// A branch that GitHub's merge queue makes for what it wants tested: `gh-readonly-queue/<base>/pr-<number>-<commit>`.
public struct MergeQueueBranch: Sendable, Hashable {
    /// The branch that is merged into.
    public var base: String
    /// What the group is merged onto, 40 hexadecimal digits, when the name says so.
    public var baseCommit: String?

    private static let folder = "gh-readonly-queue/"

    /// `nil` for any other ref.
    public init?(_ ref: GitRef) {
        guard case .branch(let name) = ref.kind, name.hasPrefix(Self.folder),
            let slash = name.lastIndex(of: "/"), slash > name.index(name.startIndex, offsetBy: Self.folder.count)
        else { return nil }
        base = String(name[..<slash].dropFirst(Self.folder.count))
        let commit = name[name.index(after: slash)...].suffix(41)
        if commit.first == "-", commit.count == 41,
            commit.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        {
            baseCommit = String(commit.dropFirst())
        }
    }
}
