extension Schema {
    /// What the branches, tags and pull requests of a project were when somebody looked last. The baseline is taken
    /// when a project is new, so that its whole history is not built; an empty repository has one too.
    static let heads = """
        CREATE TABLE headBaseline (
            projectID INTEGER PRIMARY KEY REFERENCES project (id) ON DELETE CASCADE,
            takenAt INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE head (
            projectID INTEGER NOT NULL REFERENCES headBaseline (projectID) ON DELETE CASCADE,
            ref TEXT NOT NULL,
            sha TEXT NOT NULL,
            PRIMARY KEY (projectID, ref)
        ) STRICT, WITHOUT ROWID;
        """
}
