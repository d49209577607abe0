extension Schema {
    /// How the output of a job that failed ended, as a hash of what counts of it. Jobs that passed have none, and cost the
    /// index nothing.
    static let failureForms = """
        ALTER TABLE job ADD COLUMN failureForm BLOB;
        CREATE INDEX job_failure ON job (projectID, failureForm) WHERE failureForm IS NOT NULL;
        """
}
