/// A project file for what GitHub has today: applied as it is, it changes nothing there.
public struct ProjectDraft: Sendable, Hashable {
    /// The repository.
    public var repository: RepositoryName
    /// The user that it belongs to; `nil` for an organization's.
    public var owner: String?
    /// Whether only those with access see it.
    public var isPrivate: Bool
    /// The branch that HEAD names.
    public var defaultBranch: String
    /// Who may do what.
    public var permissions: Permissions
    /// Whether the deploy key of the server is there, which a file without it would remove.
    public var hasDeployKey = false
    /// What GitHub has and a project file cannot say, a sentence each.
    public var notes: [String]

    /// Memberwise.
    public init(
        repository: RepositoryName, owner: String? = nil, isPrivate: Bool, defaultBranch: String,
        permissions: Permissions = Permissions(), notes: [String] = []
    ) {
        self.repository = repository
        self.owner = owner
        self.isPrivate = isPrivate
        self.defaultBranch = defaultBranch
        self.permissions = permissions
        self.notes = notes
    }

    /// Where the file stands in an admin repository.
    public var path: String { "projects/\(repository.key).yaml" }

    /// The file.
    public var text: String {
        var lines = [YAMLText.comment("What GitHub had for \(repository) when 'kozmic import' wrote this.")]
        lines.append("repository: \(repository)")
        if let owner { lines.append("owner: \(YAMLText.scalar(owner))") }
        if permissions != Permissions() { lines += permissions.yaml }
        lines += notes.map(YAMLText.comment)
        switch (isPrivate, hasDeployKey) {
        case (true, false):
            lines.append("deploy_key: never  # 'auto' gives a private repository a read-only key to fetch it with")
        case (false, true): lines.append("deploy_key: always")
        case (true, true), (false, false): break
        }
        return (lines + example).joined(separator: "\n") + "\n"
    }

    /// A hook to begin with, as a comment: an import changes nothing, and a hook makes a webhook.
    private var example: [String] {
        let branch = YAMLText.scalar(defaultBranch)
        let hook = """

            # Without a hook nothing runs. One to begin with:
            # hooks:
            #   tests:
            #     on:
            #       push: {branches: [\(branch)]}
            #       pull_request: {branches: [\(branch)]}
            #     image: debian:bookworm
            #     build_script: |
            #       #!/bin/bash
            #       set -e
            #       echo 'what shall be tested?'
            """
        return hook.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
