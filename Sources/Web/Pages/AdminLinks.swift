import Model

/// Links into the admin repository, when it is on GitHub.
struct AdminLinks: Sendable {
    var gitHubURL: String
    /// `nil` when it is somewhere else.
    var repository: RepositoryName?

    init(_ configuration: WebConfiguration) {
        gitHubURL = configuration.gitHubURL
        repository = configuration.adminRepository
    }

    /// A commit.
    func commit(_ commit: String) -> String? { repository.map { "\(gitHubURL)/\($0)/commit/\(commit)" } }

    /// Lines of a file as they are at a commit.
    func lines(_ file: String, _ line: Int, _ lastLine: Int? = nil, at commit: String) -> String? {
        let range = lastLine.map { $0 > line ? "-L\($0)" : "" } ?? ""
        return repository.map { "\(gitHubURL)/\($0)/blob/\(commit)/\(ProjectLinks.encode(file))#L\(line)\(range)" }
    }
}
