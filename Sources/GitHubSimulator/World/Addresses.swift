/// The roots of the URLs in an answer: they follow the way that the client came in.
struct Addresses: Sendable {
    /// Of the REST interface, without a slash at the end.
    let api: String
    /// Of pages and git.
    let web: String

    /// - Parameter usesPrefix: REST below `/api/v3`, as on GitHub Enterprise.
    init(root: String, usesPrefix: Bool = true) {
        web = root
        api = usesPrefix ? root + "/api/v3" : root
    }

    func repository(_ repository: Repository) -> String { "\(api)/repos/\(repository.fullName)" }
}
