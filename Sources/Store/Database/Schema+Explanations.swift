extension Schema {
    /// What each delivery was decided by, and the commit that it is about. For each file of the applied revision who
    /// wrote its lines, kept until its content changes; for each project where its settings stand, at that commit.
    static let explanations = """
        ALTER TABLE delivery ADD COLUMN explanation TEXT CHECK (explanation IS NULL OR json_valid(explanation));
        ALTER TABLE delivery ADD COLUMN sha TEXT;
        CREATE INDEX delivery_of_commit ON delivery (sha, id) WHERE sha IS NOT NULL;
        CREATE TABLE configFile (
            path TEXT PRIMARY KEY,
            object TEXT NOT NULL,
            history TEXT NOT NULL CHECK (json_valid(history))
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE projectSettings (
            projectID INTEGER PRIMARY KEY REFERENCES project (id) ON DELETE CASCADE,
            sha TEXT NOT NULL,
            value TEXT NOT NULL CHECK (json_valid(value))
        ) STRICT;
        """
}
