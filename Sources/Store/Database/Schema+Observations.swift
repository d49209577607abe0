extension Schema {
    /// What GitHub had for a project when somebody looked last, or as the last write there left it. Plans are made
    /// against it without asking GitHub. `seenAt` is when it became so.
    static let observations = """
        CREATE TABLE observation (
            projectID INTEGER PRIMARY KEY REFERENCES project (id) ON DELETE CASCADE,
            state TEXT NOT NULL CHECK (json_valid(state)),
            seenAt INTEGER NOT NULL
        ) STRICT;
        """
}
