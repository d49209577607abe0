import Foundation

/// A commit's own words.
public struct GitCommit: Sendable, Hashable {
    /// The commit.
    public let id: String
    /// Its root tree.
    public let tree: String
    /// The commits before it.
    public let parents: [String]
    /// Who wrote the change.
    public let author: GitSignature
    /// Who made the commit.
    public let committer: GitSignature
    /// The whole message, at most 1 MiB of it.
    public let message: String

    /// The first line of the message.
    public var summary: String {
        message.split(whereSeparator: \.isNewline).first.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
    }
}

/// Who did something, and when.
public struct GitSignature: Sendable, Hashable {
    /// The name as written in the commit.
    public let name: String
    /// The address as written in the commit.
    public let email: String
    /// The moment.
    public let date: Date
    /// Minutes east of UTC where it was done.
    public let offsetMinutes: Int
}
