extension Schema {
    /// What would change on GitHub, for the page; one row.
    static let pendingPlan = """
        CREATE TABLE pendingPlan (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            value TEXT NOT NULL CHECK (json_valid(value))
        ) STRICT;
        """
}
