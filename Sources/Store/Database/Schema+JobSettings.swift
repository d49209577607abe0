extension Schema {
    /// Each hook says whether a stranger's commit is approved first, and which statuses are reported: what held for the
    /// whole build holds for each of its jobs, and the build's own columns are derived from theirs from now on.
    static let jobSettings = """
        ALTER TABLE job ADD COLUMN needsApproval INTEGER NOT NULL DEFAULT 0 CHECK (needsApproval IN (0, 1));
        ALTER TABLE job ADD COLUMN statusMode TEXT NOT NULL DEFAULT 'build'
            CHECK (statusMode IN ('build', 'jobs', 'both'));
        UPDATE job SET (needsApproval, statusMode) =
            (SELECT needsApproval, statusMode FROM build WHERE build.id = job.buildID);
        """
}
