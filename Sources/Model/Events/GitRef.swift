/// A full reference name and what kind of thing it names.
public struct GitRef: Sendable, Hashable, Codable, CustomStringConvertible {
    /// What a reference names.
    public enum Kind: Sendable, Hashable {
        /// `refs/heads/<name>`
        case branch(String)
        /// `refs/tags/<name>`
        case tag(String)
        /// `refs/pull/<number>/head`, the head of a pull request that comes from a fork.
        case pullRequest(Int)
        /// Anything else, such as a merge queue's `refs/heads/gh-readonly-queue/…` seen through another name.
        case other
    }

    /// The full name, beginning with `refs/`.
    public let description: String

    /// Takes a full name as git and GitHub's push payloads write it.
    public init(_ fullName: String) { description = fullName }

    /// The reference of a branch.
    public static func branch(_ name: String) -> GitRef { GitRef("refs/heads/\(name)") }
    /// The head of a pull request.
    public static func pullRequest(_ number: Int) -> GitRef { GitRef("refs/pull/\(number)/head") }

    /// What the name stands for. A branch name may contain slashes: only the prefix is cut off.
    public var kind: Kind {
        if description.hasPrefix("refs/heads/") { return .branch(String(description.dropFirst(11))) }
        if description.hasPrefix("refs/tags/") { return .tag(String(description.dropFirst(10))) }
        if description.hasPrefix("refs/pull/"), description.hasSuffix("/head"),
            let number = Int(description.dropFirst(10).dropLast(5))
        {
            return .pullRequest(number)
        }
        return .other
    }

    /// The name as people say it: `main`, `v1.2`, `#17`.
    public var shortName: String {
        switch kind {
        case .branch(let name), .tag(let name): name
        case .pullRequest(let number): "#\(number)"
        case .other: description
        }
    }

    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
