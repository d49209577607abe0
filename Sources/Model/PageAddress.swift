/// The addresses of a project's pages and of its webhooks, as the outside sees them.
public struct PageAddress: Sendable, Hashable {
    /// Without a slash at the end.
    public let externalURL: String
    /// The project.
    public let repository: RepositoryName

    /// - Parameter externalURL: where the server is reached, such as `https://ci.example.org`.
    public init(externalURL: String, repository: RepositoryName) {
        var url = externalURL[...]
        while url.last == "/" { url.removeLast() }
        self.externalURL = String(url)
        self.repository = repository
    }

    /// The project's page.
    public var project: String { "\(externalURL)/\(repository)" }

    /// The page of a build, or of one of its jobs.
    public func build(_ number: Int, hook: HookID? = nil) -> String {
        "\(project)/builds/\(number)" + (hook.map { "/jobs/\($0)" } ?? "")
    }
}
