/// What a merge of two commits would hold. Nothing was written anywhere.
public struct GitMerge: Sendable, Hashable {
    /// The files of the merged tree in git's order; without the paths in conflict.
    public var entries: [GitTreeEntry]
    /// The contents of files that both sides changed, by object: these are in no repository.
    public var contents: [String: [UInt8]]
    /// The paths that both sides changed in ways that do not go together, in git's order. Git does not demand UTF-8.
    public var conflicts: [[UInt8]]
}
