extension Schema {
    /// Where a build stands among what was wanted of its project, by GitHub's clock only: what comes without an event
    /// stands behind the latest one that was known when its ref was read, which lies between two builds and so has an
    /// odd rank. A job knows when the event happened that ended it. What schedules wrote into `eventAt` was by our clock.
    static let eventMarks = """
        ALTER TABLE build ADD COLUMN wantedAt INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE build ADD COLUMN wantedRank INTEGER NOT NULL DEFAULT 0;
        UPDATE build SET wantedAt = coalesce(eventAt, createdAt / 1000), wantedRank = 2 * id;
        UPDATE build SET eventAt = NULL WHERE kind = 'schedule';
        CREATE INDEX build_of_event ON build (projectID, eventAt) WHERE eventAt IS NOT NULL;
        ALTER TABLE job ADD COLUMN overtakenAt INTEGER;
        """
}
