extension Schema {
    /// What events said of pull requests. The latest event wins, whatever came in last: times are seconds by GitHub's
    /// clock, and 0 when an event did not say. And the cached images that the engine had at the last look.
    static let pullRequests = """
        CREATE TABLE pullRequest (
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            ref TEXT NOT NULL,
            base TEXT,
            title TEXT NOT NULL,
            author TEXT NOT NULL,
            openedAt INTEGER NOT NULL,
            eventAt INTEGER NOT NULL,
            isOpen INTEGER NOT NULL CHECK (isOpen IN (0, 1)),
            PRIMARY KEY (projectID, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX pullRequest_open ON pullRequest (projectID, number) WHERE isOpen = 1;
        CREATE TABLE cachedImage (
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            hook TEXT NOT NULL,
            cacheKey TEXT NOT NULL,
            isTrusted INTEGER NOT NULL CHECK (isTrusted IN (0, 1)),
            madeAt INTEGER NOT NULL,
            size INTEGER NOT NULL,
            PRIMARY KEY (projectID, hook, cacheKey, isTrusted)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX build_of_commit ON build (projectID, sha, number);
        """
}
