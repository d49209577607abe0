/// What a payload says about the repository that it comes from.
public struct WebhookRepository: Sendable, Hashable {
    /// GitHub's id, which stays when the repository is renamed.
    public var id: Int64
    /// The name at the time of the event.
    public var name: RepositoryName
    /// Whether strangers may not see it.
    public var isPrivate: Bool
    /// The default branch, if the payload names one.
    public var defaultBranch: String?

    /// Memberwise.
    public init(id: Int64, name: RepositoryName, isPrivate: Bool, defaultBranch: String?) {
        self.id = id
        self.name = name
        self.isPrivate = isPrivate
        self.defaultBranch = defaultBranch
    }

    /// The `repository` of any payload; `nil` when it has none, as the events of an organization's webhook.
    public static func parse(_ payload: [UInt8]) throws(PayloadError) -> WebhookRepository? {
        guard let fields = try Payload.decode(Envelope.self, payload).repository else { return nil }
        guard let name = RepositoryName(fields.fullName) else {
            throw PayloadError(key: "repository.full_name", "not a repository's name")
        }
        let branch = fields.defaultBranch.map { Payload.cut($0, to: Payload.maximumName) }
        return WebhookRepository(id: fields.id, name: name, isPrivate: fields.private, defaultBranch: branch)
    }

    private struct Envelope: Decodable { var repository: Fields? }

    private struct Fields: Decodable {
        var id: Int64
        var fullName: String
        var `private`: Bool
        var defaultBranch: String?

        private enum CodingKeys: String, CodingKey {
            case id, `private`
            case fullName = "full_name"
            case defaultBranch = "default_branch"
        }
    }
}
