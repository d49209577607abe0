extension Schema {
    /// Who signed in, and what GitHub lets whom do.
    ///
    /// Roles name accounts that never signed in as well, so they do not refer to `person`. `roleReading` says when a
    /// project's roles were read, and counts the wishes for that; its row 0 is the admin repository's.
    static let people = """
        CREATE TABLE person (
            id INTEGER PRIMARY KEY,
            login TEXT NOT NULL,
            name TEXT,
            sealedToken BLOB,
            checkedAt INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE session (
            hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
            personID INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            createdAt INTEGER NOT NULL,
            seenAt INTEGER NOT NULL,
            expiresAt INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX session_of_person ON session (personID, createdAt);
        CREATE INDEX session_expiry ON session (expiresAt);
        CREATE INDEX session_seen ON session (seenAt);
        CREATE TABLE role (
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            personID INTEGER NOT NULL,
            login TEXT NOT NULL,
            level TEXT NOT NULL CHECK (level IN ('pull', 'triage', 'push', 'maintain', 'admin')),
            PRIMARY KEY (projectID, personID)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX role_of_person ON role (personID, projectID, level);
        CREATE TABLE adminReader (
            personID INTEGER PRIMARY KEY,
            repositoryKey TEXT NOT NULL,
            login TEXT NOT NULL
        ) STRICT;
        CREATE TABLE roleReading (
            projectID INTEGER PRIMARY KEY,
            readAt INTEGER,
            wanted INTEGER NOT NULL DEFAULT 0,
            fulfilled INTEGER NOT NULL DEFAULT 0 CHECK (fulfilled <= wanted),
            problem TEXT
        ) STRICT;
        CREATE TABLE wantedSync (
            projectID INTEGER PRIMARY KEY REFERENCES project (id) ON DELETE CASCADE
        ) STRICT;
        """
}
