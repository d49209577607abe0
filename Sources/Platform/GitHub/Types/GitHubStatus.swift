import Foundation

/// A commit status to be shown beside a commit.
public struct GitHubStatus: Sendable, Hashable, Codable {
    /// `error`, `failure`, `pending` or `success`.
    public var state: String
    /// What it is about; a later status of the same context takes the earlier one's place.
    public var context: String
    /// At most 140 characters, or GitHub refuses it.
    public var description: String?
    /// The page with more; `http` or `https`.
    public var targetURL: String?

    private enum CodingKeys: String, CodingKey {
        case state, context, description
        case targetURL = "target_url"
    }

    /// Memberwise.
    public init(state: String, context: String, description: String? = nil, targetURL: String? = nil) {
        self.state = state
        self.context = context
        self.description = description
        self.targetURL = targetURL
    }
}
