extension Schema {
    /// What keeps the server below GitHub's limits, and shows how far they stretch a look at all projects.
    ///
    /// `gitHubWrite` holds the last hour's writes by second; `fullPass` the latest look.
    static let limits = """
        CREATE TABLE gitHubWrite (
            identity TEXT NOT NULL,
            second INTEGER NOT NULL,
            count INTEGER NOT NULL CHECK (count >= 1),
            PRIMARY KEY (identity, second)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE fullPass (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            projects INTEGER NOT NULL CHECK (projects >= 1),
            milliseconds INTEGER NOT NULL CHECK (milliseconds >= 0),
            endedAt INTEGER NOT NULL
        ) STRICT;
        """
}
