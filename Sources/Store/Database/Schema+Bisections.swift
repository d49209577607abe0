extension Schema {
    /// The searches for commits that broke a hook. An attempt that failed has one, and goes with it. `wantedBisection` holds
    /// the failed attempts of hooks that are searched by themselves, until somebody decided; `bisectionProbe` what was
    /// built, which other builds may have asked for as well. News and letters of a commit that was found name its search.
    static let bisections = """
        CREATE TABLE bisection (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            jobID INTEGER NOT NULL UNIQUE REFERENCES job (id) ON DELETE CASCADE,
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            hook TEXT NOT NULL,
            ref TEXT NOT NULL,
            good TEXT NOT NULL,
            goodBuild INTEGER NOT NULL,
            needsProof INTEGER NOT NULL CHECK (needsProof IN (0, 1)),
            bad TEXT NOT NULL,
            candidates TEXT NOT NULL CHECK (json_valid(candidates)),
            state TEXT NOT NULL DEFAULT 'running'
                CHECK (state IN ('running', 'found', 'narrowed', 'elsewhere', 'stopped')),
            culprits TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(culprits)),
            reason TEXT,
            startedBy TEXT,
            createdAt INTEGER NOT NULL,
            finishedAt INTEGER,
            CHECK ((state = 'running') = (finishedAt IS NULL))
        ) STRICT;
        CREATE INDEX bisection_running ON bisection (projectID, hook) WHERE state = 'running';
        CREATE INDEX bisection_of_project ON bisection (projectID);
        CREATE TABLE bisectionProbe (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            bisectionID INTEGER NOT NULL REFERENCES bisection (id) ON DELETE CASCADE,
            jobID INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
            isOwn INTEGER NOT NULL CHECK (isOwn IN (0, 1)),
            UNIQUE (bisectionID, jobID)
        ) STRICT;
        CREATE INDEX bisectionProbe_job ON bisectionProbe (jobID);
        CREATE TABLE wantedBisection (
            jobID INTEGER PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE
        ) STRICT;
        ALTER TABLE buildNews ADD COLUMN bisectionID INTEGER REFERENCES bisection (id) ON DELETE CASCADE;
        ALTER TABLE letter ADD COLUMN bisectionID INTEGER;
        """
}
