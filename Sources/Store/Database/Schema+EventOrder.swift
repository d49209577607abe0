extension Schema {
    /// A build knows when the last event that wanted it happened, in seconds by GitHub's clock: deliveries come in any
    /// order, some of them days late. A job knows whether an event ended it (a newer commit, a closed pull request, a
    /// deleted branch), because another event may take that back.
    static let eventOrder = """
        ALTER TABLE build ADD COLUMN eventAt INTEGER;
        ALTER TABLE job ADD COLUMN isOvertaken INTEGER NOT NULL DEFAULT 0 CHECK (isOvertaken IN (0, 1));
        CREATE INDEX build_of_pull_request ON build (projectID, pullRequest, eventAt, id)
            WHERE pullRequest IS NOT NULL;
        """
}
