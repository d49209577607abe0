extension Schema {
    /// When a job's install script began and when its image was committed: what another one like it will cost.
    static let installs = """
        CREATE TABLE install (
            jobID INTEGER PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            hook TEXT NOT NULL,
            startedAt INTEGER NOT NULL,
            endedAt INTEGER
        ) STRICT;
        CREATE INDEX install_of_hook ON install (projectID, hook, jobID) WHERE endedAt IS NOT NULL;
        """
}
