extension Schema {
    /// When a project that GitHub does not agree with is tried again, and how often it failed in a row; since when a
    /// project's file has errors, so that what was declared before holds. And a way from a commit to its builds.
    static let held = """
        ALTER TABLE project ADD COLUMN failedTries INTEGER NOT NULL DEFAULT 0 CHECK (failedTries >= 0);
        ALTER TABLE project ADD COLUMN retryAt INTEGER;
        ALTER TABLE project ADD COLUMN keptSince INTEGER;
        CREATE INDEX build_by_commit ON build (sha, id);
        """
}
