extension Schema {
    /// A delivery that could not be decided is tried again, not before `nextTryAt`. A job repeats what its hook says about
    /// its concurrency group, so that a free slot need not decode hooks. A schedule remembers the last time that was due
    /// and taken.
    static let triggers = """
        ALTER TABLE delivery ADD COLUMN problem TEXT;
        ALTER TABLE delivery ADD COLUMN failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0);
        ALTER TABLE delivery ADD COLUMN nextTryAt INTEGER;
        CREATE INDEX delivery_waiting ON delivery (repositoryKey, id) WHERE state = 'received';
        CREATE INDEX build_open ON build (projectID, id) WHERE state IN ('queued', 'running');
        ALTER TABLE job ADD COLUMN concurrencyGroup TEXT;
        ALTER TABLE job ADD COLUMN concurrencyLimit INTEGER CHECK (concurrencyLimit >= 1);
        CREATE INDEX job_open_in_group ON job (projectID, concurrencyGroup, id)
            WHERE concurrencyGroup IS NOT NULL AND state IN ('queued', 'running');
        CREATE TABLE schedule (
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            hook TEXT NOT NULL,
            cron TEXT NOT NULL,
            lastDueAt INTEGER NOT NULL,
            PRIMARY KEY (projectID, hook)
        ) STRICT, WITHOUT ROWID;
        """
}
