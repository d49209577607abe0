/// What an account may do in a repository; each level contains those before it.
public struct GitHubPermissions: Sendable, Hashable, Decodable {
    /// Read.
    public var pull = false
    /// Manage issues and pull requests.
    public var triage = false
    /// Write.
    public var push = false
    /// Manage the repository without dangerous actions.
    public var maintain = false
    /// Everything.
    public var admin = false

    private enum CodingKeys: String, CodingKey { case pull, triage, push, maintain, admin }

    /// Old servers leave `triage` and `maintain` out.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        pull = try container.decodeIfPresent(Bool.self, forKey: .pull) ?? false
        triage = try container.decodeIfPresent(Bool.self, forKey: .triage) ?? false
        push = try container.decodeIfPresent(Bool.self, forKey: .push) ?? false
        maintain = try container.decodeIfPresent(Bool.self, forKey: .maintain) ?? false
        admin = try container.decodeIfPresent(Bool.self, forKey: .admin) ?? false
    }

    /// The highest level, in the words of requests: `admin`, `maintain`, `push`, `triage`, `pull`; `nil` for none.
    public var level: String? {
        if admin { return "admin" }
        if maintain { return "maintain" }
        if push { return "push" }
        if triage { return "triage" }
        return pull ? "pull" : nil
    }

    /// The word of a request for the word of an answer: GitHub asks for `push` and answers `write`. Names of an
    /// organization's own roles stay as they are.
    public static func level(ofAnswer word: String) -> String {
        switch word {
        case "read": "pull"
        case "write": "push"
        default: word
        }
    }
}
