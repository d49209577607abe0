extension Hook {
    /// Whether it runs for no pull request from a fork, and this is one.
    ///
    /// - Parameter trusted: whether the commit is the project's own.
    public func refuses(trusted: Bool) -> Bool { !trusted && settings.forkPullRequests == .never }

    /// Whether a job of it runs only when somebody approved the commit.
    ///
    /// - Parameter trusted: whether the commit is the project's own.
    public func needsApproval(trusted: Bool) -> Bool { !trusted && settings.forkPullRequests == .approve }
}
