import Foundation
import Git
import Model

/// Why a cached image is not used.
struct CacheReport: Encodable {
    var hook: String
    var commit: String
    var key: String
    var comparedWith: String
    var changes: [Change] = []
    /// The tracked paths that the commit lacks.
    var missing: [String] = []

    /// A part of the key that moved.
    struct Change: Encodable {
        var part: String
        var old: String?
        var new: String?
        var commits: [Commit] = []
        /// Whether the admin repository's work tree has it otherwise than its last commit.
        var isUncommitted = false

        init(_ difference: CacheKeyParts.Difference) {
            part =
                switch difference.part {
                case .image: "image"
                case .user: "user"
                case .variable(let name): "env \(name)"
                case .installScript: "install_script"
                case .trackedPath(let path): "tracked file \(path)"
                }
            (old, new) = (difference.old, difference.new)
        }
    }

    /// Who did it.
    struct Commit: Encodable {
        var id: String
        var author: String
        var date: Date
        var subject: String

        init(_ commit: GitCommit) {
            id = commit.id
            author = commit.author.name
            date = commit.author.date
            subject = String(commit.message.prefix { !$0.isNewline })
        }
    }

    /// For people.
    func print() {
        Swift.print("\(hook) at \(commit.prefix(10)): key \(key)")
        for path in missing { Swift.print("The commit lacks '\(path)' of tracked_files, which are no patterns") }
        Swift.print("compared with \(comparedWith)")
        guard !changes.isEmpty else { return Swift.print("Nothing moved: the cached image of that key is used.") }
        for change in changes {
            Swift.print("\n\(change.part)")
            Swift.print("  - \(change.old ?? "(none)")\n  + \(change.new ?? "(none)")")
            if change.isUncommitted { Swift.print("  not committed: edited in the admin repository's work tree") }
            for commit in change.commits {
                let day = commit.date.formatted(.iso8601.year().month().day())
                Swift.print(
                    "  by \(Self.plain(commit.author)), \(day), \(commit.id.prefix(10)): \(Self.plain(commit.subject))")
            }
        }
    }

    /// Somebody else's text, without what would move the cursor.
    private static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }))
    }
}
