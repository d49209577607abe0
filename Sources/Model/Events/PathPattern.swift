/// A pattern of a hook's `paths:`: a glob of the repository's files.
///
/// A pattern without a wildcard is the path of a file, or of a folder with everything below it, as in `.gitignore` and
/// `CODEOWNERS`. One with a wildcard is a `Glob` of the whole path.
public struct PathPattern: Sendable, Hashable {
    /// The pattern as written.
    public let pattern: String
    private let globs: [Glob]

    /// Any text is a pattern; one that is not in the form of `normalise` may match nothing.
    public init(_ pattern: String) {
        self.pattern = pattern
        let isPath = !pattern.unicodeScalars.contains { $0 == "*" || $0 == "?" }
        globs = [Glob(pattern)] + (isPath ? [Glob("\(pattern)/**")] : [])
    }

    /// Whether the pattern is about a file.
    /// - Parameter path: relative to the repository's root, as git writes it: `src/a.swift`.
    public func matches(_ path: String) -> Bool { globs.contains { $0.matches(path) } }

    /// The form in which git writes paths, since no other can match: `./src//x` is `src/x`, `docs/` is `docs/**`, and
    /// `.` is `**`.
    ///
    /// - Returns: `nil` for a pattern that leaves the repository.
    public static func normalise(_ pattern: String) -> String? {
        let parts = pattern.split(separator: "/", omittingEmptySubsequences: false)
        guard !pattern.hasPrefix("/"), !parts.contains("..") else { return nil }
        var kept = parts.filter { !$0.isEmpty && $0 != "." }
        if let last = parts.last, last.isEmpty || last == ".", kept.last != "**" { kept.append("**") }
        return kept.joined(separator: "/")
    }
}
