internal import GRDB

/// The tables, as migrations that are only ever appended to: a database of any earlier version becomes the newest one.
///
/// The rules live in SQLite, so that no crash and no mistake of ours leaves rows that contradict each other. Times are
/// milliseconds since 1970; nothing is ordered by them, but by numbers that grow.
enum Schema {
    /// Marks the file as ours: `Kzmc`.
    static let applicationID: Int32 = 0x4B7A_6D63

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 projects, builds, jobs, statuses") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            for statement in [projects, deliveries, builds, jobs, statuses] { try db.execute(sql: statement) }
        }
        migrator.registerMigration("2 deploy keys, baselines, drift") { db in
            try db.execute(sql: reconciliation)
        }
        migrator.registerMigration("3 triggers, schedules, concurrency groups") { db in
            try db.execute(sql: triggers)
        }
        migrator.registerMigration("4 settings of the server") { db in try db.execute(sql: settings) }
        migrator.registerMigration("5 heads that were looked at") { db in try db.execute(sql: heads) }
        migrator.registerMigration("6 the admin repository's webhook") { db in try db.execute(sql: adminWebhook) }
        migrator.registerMigration("7 the order of events") { db in try db.execute(sql: eventOrder) }
        migrator.registerMigration("8 what GitHub has") { db in try db.execute(sql: observations) }
        migrator.registerMigration("9 explanations") { db in try db.execute(sql: explanations) }
        migrator.registerMigration("10 uses of cached images, verdicts, kept containers, removed builds") { db in
            for statement in [cacheUses, verdicts, retention] { try db.execute(sql: statement) }
        }
        migrator.registerMigration("11 approvals") { db in try db.execute(sql: approvals) }
        migrator.registerMigration("12 how long installs took") { db in try db.execute(sql: installs) }
        migrator.registerMigration("13 people, sessions, roles") { db in try db.execute(sql: people) }
        migrator.registerMigration("14 what would change") { db in try db.execute(sql: pendingPlan) }
        migrator.registerMigration("15 rotation of secrets and deploy keys") { db in try db.execute(sql: rotation) }
        migrator.registerMigration("16 writes to GitHub, full passes") { db in try db.execute(sql: limits) }
        migrator.registerMigration("17 pull requests, cached images") { db in try db.execute(sql: pullRequests) }
        migrator.registerMigration("18 mail") { db in try db.execute(sql: mail) }
        migrator.registerMigration("19 next tries, files with errors, builds of commits") { db in
            try db.execute(sql: held)
        }
        migrator.registerMigration("20 pictures of authors") { db in try db.execute(sql: avatars) }
        migrator.registerMigration("21 whose turn it is") { db in try db.execute(sql: turns) }
        migrator.registerMigration("22 successors") { db in try db.execute(sql: successors) }
        migrator.registerMigration("23 times of pulls") { db in try db.execute(sql: pulls) }
        migrator.registerMigration("24 builds of old commits") { db in try db.execute(sql: offHead) }
        migrator.registerMigration("25 approvals and statuses of jobs") { db in try db.execute(sql: jobSettings) }
        migrator.registerMigration("26 logs deleted by hand, events that were found") { db in
            for statement in [deletedLogs, foundEvents] { try db.execute(sql: statement) }
        }
        migrator.registerMigration("27 marks of events") { db in try db.execute(sql: eventMarks) }
        migrator.registerMigration("28 how failures ended") { db in try db.execute(sql: failureForms) }
        migrator.registerMigration("29 searches for commits") { db in try db.execute(sql: bisections) }
        migrator.registerMigration("30 how refs are") { db in try db.execute(sql: standing) }
        return migrator
    }

    private static let projects = """
        CREATE TABLE configRevision (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            sha TEXT NOT NULL,
            authorName TEXT NOT NULL,
            committedAt INTEGER NOT NULL,
            message TEXT NOT NULL,
            readAt INTEGER NOT NULL,
            appliedAt INTEGER,
            diagnostics TEXT NOT NULL CHECK (json_valid(diagnostics)),
            error TEXT
        ) STRICT;
        CREATE TABLE configProblem (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            message TEXT NOT NULL,
            since INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE project (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            repository TEXT NOT NULL,
            repositoryKey TEXT NOT NULL UNIQUE CHECK (repositoryKey = lower(repository)),
            isActive INTEGER NOT NULL CHECK (isActive IN (0, 1)),
            config TEXT NOT NULL CHECK (json_valid(config)),
            configCommit TEXT NOT NULL,
            githubID INTEGER,
            isPrivate INTEGER NOT NULL DEFAULT 1 CHECK (isPrivate IN (0, 1)),
            defaultBranch TEXT,
            condition TEXT NOT NULL CHECK (condition IN ('ready', 'reconciling', 'stalled')),
            conditionReason TEXT,
            conditionSince INTEGER NOT NULL,
            lastBuildNumber INTEGER NOT NULL DEFAULT 0 CHECK (lastBuildNumber >= 0),
            createdAt INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE webhook (
            githubID INTEGER PRIMARY KEY,
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            hook TEXT NOT NULL,
            secretFingerprint TEXT NOT NULL,
            url TEXT NOT NULL,
            updatedAt INTEGER NOT NULL,
            UNIQUE (projectID, hook)
        ) STRICT;
        """

    /// The payload has a table of its own, so that a change of the row does not write megabytes again.
    private static let deliveries = """
        CREATE TABLE delivery (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            repository TEXT NOT NULL,
            repositoryKey TEXT NOT NULL CHECK (repositoryKey = lower(repository)),
            hook TEXT NOT NULL,
            guid TEXT NOT NULL CHECK (length(guid) BETWEEN 1 AND 200),
            event TEXT NOT NULL CHECK (length(event) BETWEEN 1 AND 100),
            receivedAt INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'done', 'failed')),
            decision TEXT,
            buildNumber INTEGER,
            action TEXT,
            ref TEXT,
            UNIQUE (repositoryKey, hook, guid),
            CHECK ((state = 'received') = (decision IS NULL))
        ) STRICT;
        CREATE INDEX delivery_received ON delivery (id) WHERE state = 'received';
        CREATE INDEX delivery_of_repository ON delivery (repositoryKey, id);
        CREATE TABLE payload (
            deliveryID INTEGER PRIMARY KEY REFERENCES delivery (id) ON DELETE CASCADE,
            body BLOB NOT NULL
        ) STRICT;
        """

    private static let builds = """
        CREATE TABLE build (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            number INTEGER NOT NULL CHECK (number >= 1),
            ref TEXT NOT NULL,
            sha TEXT NOT NULL,
            message TEXT NOT NULL,
            authorName TEXT NOT NULL,
            authorEmail TEXT,
            sender TEXT,
            kind TEXT NOT NULL CHECK (kind IN ('push', 'pull_request', 'schedule', 'manual')),
            pullRequest INTEGER,
            trusted INTEGER NOT NULL CHECK (trusted IN (0, 1)),
            configCommit TEXT NOT NULL,
            state TEXT NOT NULL
                CHECK (state IN ('queued', 'running', 'success', 'failure', 'error', 'cancelled')),
            createdAt INTEGER NOT NULL,
            startedAt INTEGER,
            finishedAt INTEGER,
            statusMode TEXT NOT NULL CHECK (statusMode IN ('build', 'jobs', 'both')),
            page TEXT NOT NULL,
            UNIQUE (projectID, number),
            UNIQUE (projectID, ref, sha),
            CHECK ((state IN ('queued', 'running')) = (finishedAt IS NULL))
        ) STRICT;
        CREATE INDEX build_of_ref ON build (projectID, ref, number);
        """

    /// `projectID` repeats the build's, so that a free slot finds its job in one small index.
    private static let jobs = """
        CREATE TABLE job (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            buildID INTEGER NOT NULL REFERENCES build (id) ON DELETE CASCADE,
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            hook TEXT NOT NULL,
            title TEXT NOT NULL,
            config TEXT NOT NULL CHECK (json_valid(config)),
            attempt INTEGER NOT NULL CHECK (attempt >= 1),
            state TEXT NOT NULL
                CHECK (state IN ('queued', 'running', 'success', 'failure', 'error', 'cancelled', 'skipped')),
            phase TEXT CHECK (phase IN ('preparing', 'pulling', 'installing', 'committing', 'building')),
            cancelReason TEXT,
            exitCode INTEGER,
            reason TEXT,
            baseImageID TEXT,
            baseImageDigest TEXT,
            cacheKey TEXT,
            cacheReused INTEGER CHECK (cacheReused IN (0, 1)),
            createdAt INTEGER NOT NULL,
            startedAt INTEGER,
            finishedAt INTEGER,
            page TEXT NOT NULL,
            UNIQUE (buildID, hook, attempt),
            CHECK ((state IN ('queued', 'running')) = (finishedAt IS NULL)),
            CHECK (state <> 'queued' OR startedAt IS NULL),
            CHECK (state <> 'running' OR startedAt IS NOT NULL)
        ) STRICT;
        CREATE INDEX job_of_project ON job (projectID);
        CREATE INDEX job_queued ON job (projectID, id) WHERE state = 'queued';
        CREATE INDEX job_running ON job (projectID, id) WHERE state = 'running';
        """

    /// `gaveUpSequence` is the sequence that will not be tried again.
    private static let statuses = """
        CREATE TABLE status (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            sha TEXT NOT NULL,
            context TEXT NOT NULL,
            buildID INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'success', 'failure', 'error')),
            description TEXT NOT NULL,
            targetURL TEXT NOT NULL,
            sequence INTEGER NOT NULL DEFAULT 1,
            acknowledgedSequence INTEGER NOT NULL DEFAULT 0,
            gaveUpSequence INTEGER NOT NULL DEFAULT 0,
            failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
            nextTryAt INTEGER NOT NULL,
            lastError TEXT,
            UNIQUE (projectID, sha, context),
            CHECK (acknowledgedSequence BETWEEN 0 AND sequence),
            CHECK (gaveUpSequence BETWEEN 0 AND sequence)
        ) STRICT;
        CREATE INDEX status_due ON status (nextTryAt, id)
            WHERE acknowledgedSequence <> sequence AND gaveUpSequence <> sequence;
        """
}
