extension Schema {
    /// Deploy keys (the private halves sealed), what GitHub agreed with at the last pass, and differences that nobody
    /// asked for. A difference is open until `healedAt`, and is open once only.
    static let reconciliation = """
        CREATE TABLE deployKey (
            projectID INTEGER PRIMARY KEY REFERENCES project (id) ON DELETE CASCADE,
            publicKey TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            sealed BLOB NOT NULL,
            githubID INTEGER,
            createdAt INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE baseline (
            projectID INTEGER PRIMARY KEY REFERENCES project (id) ON DELETE CASCADE,
            state TEXT NOT NULL CHECK (json_valid(state)),
            sshURL TEXT,
            takenAt INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE drift (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            object TEXT NOT NULL,
            field TEXT NOT NULL,
            old TEXT NOT NULL,
            new TEXT NOT NULL,
            foundAt INTEGER NOT NULL,
            healedAt INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX drift_open ON drift (projectID, object, field) WHERE healedAt IS NULL;
        CREATE INDEX drift_of_project ON drift (projectID, id);
        """
}
