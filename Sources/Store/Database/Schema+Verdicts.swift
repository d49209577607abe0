extension Schema {
    /// What a job's verdict holds for. Only jobs that ran themselves are found: those have an exit code.
    static let verdicts = """
        ALTER TABLE job ADD COLUMN verdictKey TEXT;
        CREATE INDEX job_verdict ON job (projectID, hook, verdictKey)
            WHERE verdictKey IS NOT NULL AND state = 'success' AND exitCode IS NOT NULL;
        """
}
