extension Schema {
    /// Which secret each purpose is at (a hook's name, `_config` for the admin repository's webhook, `_deploy_key`),
    /// none being the first; by name and not by project, because a secret that was given up stays so.
    ///
    /// Signatures of a former secret are accepted until a time. A webhook whose deliveries somebody signed otherwise is
    /// marked. A deploy key is the one in use, the next one, or one that GitHub has yet to forget.
    static let rotation = """
        CREATE TABLE secretGeneration (
            repositoryKey TEXT NOT NULL,
            purpose TEXT NOT NULL,
            generation INTEGER NOT NULL CHECK (generation >= 1),
            PRIMARY KEY (repositoryKey, purpose)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE formerSecret (
            repositoryKey TEXT NOT NULL,
            hook TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            acceptedUntil INTEGER NOT NULL,
            PRIMARY KEY (repositoryKey, hook, fingerprint)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE rotationRequest (
            id TEXT NOT NULL PRIMARY KEY,
            takenAt INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE webhook ADD COLUMN refusedAt INTEGER;
        CREATE TABLE newDeployKey (
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            publicKey TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            sealed BLOB NOT NULL,
            githubID INTEGER,
            createdAt INTEGER NOT NULL,
            generation INTEGER NOT NULL CHECK (generation >= 0),
            role TEXT NOT NULL CHECK (role IN ('current', 'next', 'former')),
            PRIMARY KEY (projectID, publicKey)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO newDeployKey SELECT projectID, publicKey, fingerprint, sealed, githubID, createdAt, 0, 'current'
            FROM deployKey;
        DROP TABLE deployKey;
        ALTER TABLE newDeployKey RENAME TO deployKey;
        CREATE UNIQUE INDEX deployKey_current ON deployKey (projectID) WHERE role = 'current';
        CREATE UNIQUE INDEX deployKey_next ON deployKey (projectID) WHERE role = 'next';
        """
}
