extension Schema {
    /// What would change on GitHub, for the page; one row. And which histories somebody wants to see: to look at all of
    /// them would take hours where the admin repository is old and large.
    static let pendingPlan = """
        CREATE TABLE pendingPlan (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            value TEXT NOT NULL CHECK (json_valid(value))
        ) STRICT;
        ALTER TABLE configFile ADD COLUMN progress TEXT NOT NULL DEFAULT 'known'
            CHECK (progress IN ('unknown', 'wanted', 'known'));
        CREATE INDEX configFile_wanted ON configFile (path) WHERE progress = 'wanted';
        """
}
