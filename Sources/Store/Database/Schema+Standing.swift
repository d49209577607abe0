extension Schema {
    /// What a ref is by each of its builds, where that is not the build's own state but what an older build says of the hooks
    /// that this one skipped; and the number of that build, which retention may remove. And up to which build the verdicts of
    /// a hook count no more, because it was removed from the configuration.
    ///
    /// Green builds have an index of their own, so that the last one is found however long a ref has been red.
    static let standing = """
        ALTER TABLE build ADD COLUMN standing TEXT CHECK (standing IN ('queued', 'running', 'failure', 'error'));
        ALTER TABLE build ADD COLUMN standingNumber INTEGER CHECK ((standingNumber IS NULL) = (standing IS NULL));
        CREATE TABLE forgottenVerdict (
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            hook TEXT NOT NULL,
            number INTEGER NOT NULL,
            PRIMARY KEY (projectID, hook)
        ) STRICT, WITHOUT ROWID;
        WITH skip AS (
            SELECT build.id, build.projectID, build.ref, build.number, job.hook
            FROM build CROSS JOIN job ON job.buildID = build.id
            WHERE build.state IN ('success', 'cancelled') AND build.isOffHead = 0 AND job.state = 'skipped'
                AND NOT EXISTS (SELECT 1 FROM job AS later
                    WHERE later.buildID = job.buildID AND later.hook = job.hook AND later.attempt > job.attempt)
        ), older AS (
            SELECT skip.id, said.state, saying.number FROM skip
            CROSS JOIN job AS said ON said.id = (
                SELECT job.id FROM build AS known INDEXED BY build_of_ref
                CROSS JOIN job ON job.buildID = known.id AND job.hook = skip.hook
                WHERE known.projectID = skip.projectID AND known.ref = skip.ref AND known.number < skip.number
                    AND known.isOffHead = 0 AND job.state NOT IN ('skipped', 'cancelled')
                    AND known.number > coalesce((
                        SELECT far.number FROM build AS far
                        WHERE far.projectID = skip.projectID AND far.ref = skip.ref AND far.number < skip.number
                        ORDER BY far.number DESC LIMIT 1 OFFSET 1000), 0)
                ORDER BY known.number DESC, job.attempt DESC LIMIT 1)
            CROSS JOIN build AS saying ON saying.id = said.buildID
        ), told AS (
            SELECT id, max(CASE WHEN state IN ('queued', 'running') THEN number END) AS open,
                max(CASE WHEN state = 'failure' THEN number END) AS failed,
                max(CASE WHEN state = 'error' THEN number END) AS broken,
                sum(state <> 'queued') = 0 AS waits
            FROM older GROUP BY id
        )
        UPDATE build SET standingNumber = coalesce(told.open, told.failed, told.broken), standing = CASE
            WHEN told.open IS NULL THEN CASE WHEN told.failed IS NULL THEN 'error' ELSE 'failure' END
            WHEN told.waits AND NOT EXISTS (SELECT 1 FROM job
                WHERE job.buildID = build.id AND job.state <> 'skipped' AND NOT EXISTS (SELECT 1 FROM job AS later
                    WHERE later.buildID = job.buildID AND later.hook = job.hook AND later.attempt > job.attempt))
                THEN 'queued'
            ELSE 'running' END
        FROM told WHERE told.id = build.id AND coalesce(told.open, told.failed, told.broken) IS NOT NULL;
        CREATE INDEX build_green ON build (projectID, ref, number)
            WHERE state = 'success' AND standing IS NULL AND isOffHead = 0;
        CREATE INDEX build_standing ON build (projectID, ref, number) WHERE standing IS NOT NULL;
        """
}
