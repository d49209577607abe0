extension Schema {
    /// The pictures of authors, which the pages show from here: a browser that reads them asks nobody else. A row without
    /// a picture is of an account that has none, or that was not asked about yet; `projectID` is a project with a build of theirs, in whose owner's name an app asks.
    static let avatars = """
        ALTER TABLE build ADD COLUMN authorLogin TEXT;
        CREATE INDEX build_author ON build (projectID, authorLogin COLLATE NOCASE) WHERE authorLogin IS NOT NULL;
        CREATE TABLE avatar (
            login TEXT PRIMARY KEY COLLATE NOCASE,
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            usedAt INTEGER NOT NULL,
            checkedAt INTEGER,
            nextTryAt INTEGER NOT NULL,
            failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
            address TEXT,
            etag TEXT,
            type TEXT,
            tag TEXT,
            picture BLOB,
            CHECK ((picture IS NULL) = (type IS NULL) AND (picture IS NULL) = (tag IS NULL))
        ) STRICT;
        CREATE INDEX avatar_due ON avatar (nextTryAt);
        CREATE INDEX avatar_project ON avatar (projectID);
        CREATE INDEX avatar_use ON avatar (usedAt);
        """
}
