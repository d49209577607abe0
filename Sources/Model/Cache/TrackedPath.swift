/// The one form in which a tracked path is written.
public enum TrackedPath {
    /// Why a path cannot be tracked.
    public enum Problem: Error, Sendable, Hashable {
        /// `..` leads out of the repository, or the path is absolute.
        case leavesRepository
        /// U+0000 to U+001F, or U+007F to U+009F.
        case controlCharacter
        /// Nothing was written.
        case empty
    }

    /// `./a//b/` is `a/b`, `.` stays `.` and means the root tree.
    public static func normalise(_ path: String) throws(Problem) -> String {
        guard !path.isEmpty else { throw .empty }
        guard path.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw .controlCharacter
        }
        guard !path.hasPrefix("/") else { throw .leavesRepository }
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." {
                guard parts.popLast() != nil else { throw .leavesRepository }
            } else {
                parts.append(part)
            }
        }
        return parts.isEmpty ? "." : parts.joined(separator: "/")
    }
}
