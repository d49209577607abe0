extension Schema {
    /// `keptUntil`: the containers of a failed job stay until then. A build that retention removed leaves a row in
    /// `removedBuild`, for its page, and its jobs' logs in `removedLog` until the files are gone.
    static let retention = """
        ALTER TABLE job ADD COLUMN keptUntil INTEGER;
        CREATE INDEX job_kept ON job (keptUntil) WHERE keptUntil IS NOT NULL;
        CREATE TABLE removedBuild (
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            ref TEXT NOT NULL,
            sha TEXT NOT NULL,
            state TEXT NOT NULL,
            createdAt INTEGER NOT NULL,
            removedAt INTEGER NOT NULL,
            PRIMARY KEY (projectID, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE removedLog (jobID INTEGER PRIMARY KEY) STRICT;
        """
}
