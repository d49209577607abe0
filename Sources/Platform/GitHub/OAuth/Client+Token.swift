extension GitHubClient {
    /// The same API as somebody else sees it: with a cache and a rate limit of its own.
    public func asking(with token: GitHubToken) -> GitHubClient {
        // What one person may see is kept for nobody.
        var options = options
        options.archive = nil
        return GitHubClient(apiURL: apiURL, token: token, curl: curl, options: options, logger: logger)
    }
}

extension GitHubToken {
    /// The token itself, for whoever stores it encrypted. Nothing else has a reason to call this.
    public func reveal() -> String { value }
}
