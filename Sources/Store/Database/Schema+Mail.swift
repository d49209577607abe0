extension Schema {
    /// `lastOutcome` is what the newest build of each ref that ended came to, so that a success can be told to be a
    /// repair. `buildNews` is what has to be told and was not looked at yet; `letter` is the outbox: one message to one
    /// mailbox, whose text is there until it was sent or given up.
    static let mail = """
        CREATE TABLE lastOutcome (
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            ref TEXT NOT NULL,
            buildID INTEGER NOT NULL REFERENCES build (id) ON DELETE CASCADE,
            state TEXT NOT NULL CHECK (state IN ('success', 'failure', 'error')),
            PRIMARY KEY (projectID, ref)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX lastOutcome_build ON lastOutcome (buildID);
        INSERT INTO lastOutcome (projectID, ref, buildID, state)
            SELECT projectID, ref, MAX(id), state FROM build
            WHERE state IN ('success', 'failure', 'error') AND trusted = 1 GROUP BY projectID, ref;
        CREATE TABLE buildNews (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            buildID INTEGER NOT NULL REFERENCES build (id) ON DELETE CASCADE,
            outcome TEXT NOT NULL CHECK (outcome IN ('failure', 'error', 'fixed')),
            happenedAt INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX buildNews_build ON buildNews (buildID);
        CREATE TABLE letter (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            buildID INTEGER NOT NULL REFERENCES build (id) ON DELETE CASCADE,
            newsID INTEGER NOT NULL,
            recipient TEXT NOT NULL,
            message BLOB,
            state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'gaveUp')),
            happenedAt INTEGER NOT NULL,
            failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
            nextTryAt INTEGER NOT NULL,
            lastError TEXT,
            UNIQUE (newsID, recipient),
            CHECK ((state = 'waiting') = (message IS NOT NULL))
        ) STRICT;
        CREATE INDEX letter_build ON letter (buildID);
        CREATE INDEX letter_waiting ON letter (nextTryAt, id) WHERE state = 'waiting';
        """
}
