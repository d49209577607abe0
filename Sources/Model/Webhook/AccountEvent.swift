/// Whom a delivery of an organization's webhook, or of a GitHub App's, is about.
public struct AccountEvent: Sendable, Hashable {
    /// The login of the organization or user.
    public var owner: String
    /// The repository, when it is about one.
    public var repository: RepositoryName?

    /// What a delivery is filed under: the repository, or a name of its owner that stands for all of them.
    public var filing: RepositoryName? {
        repository ?? RepositoryName("\(owner)/\(HookID.account)")
    }

    /// The account of a filing that stands for all repositories of its owner; `nil` for a repository.
    public static func owner(ofFiling name: RepositoryName) -> String? {
        name.name == HookID.account.description ? name.owner : nil
    }

    /// Reads a payload; `nil` when it names no account, as GitHub's greeting to an app.
    public static func parse(_ event: AccessEvent, _ payload: [UInt8]) throws(PayloadError) -> AccountEvent? {
        let fields = try Payload.decode(Fields.self, payload)
        let repository = event.concernsAll ? nil : fields.repository.flatMap { RepositoryName($0.name) }
        guard let owner = repository?.owner ?? fields.organization?.login ?? fields.installation?.account?.login,
            RepositoryName("\(owner)/x") != nil
        else { return nil }
        return AccountEvent(owner: owner, repository: repository)
    }

    private struct Fields: Decodable {
        struct Account: Decodable { var login: String }
        struct Installation: Decodable { var account: Account? }
        struct Repository: Decodable {
            var name: String
            private enum CodingKeys: String, CodingKey { case name = "full_name" }
        }

        var organization: Account?
        var installation: Installation?
        var repository: Repository?
    }
}
