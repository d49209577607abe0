import Foundation
internal import GRDB

extension Store {
    /// When each cached image was last used by a job that began with it or made it.
    public func cacheUses() async throws(StoreError) -> [CacheEntry: Date] {
        let uses = try await database.read { db in
            try db.all(
                """
                SELECT project.repositoryKey, hook, cacheKey, lastUsedAt FROM cacheUse CROSS JOIN project
                WHERE project.id = cacheUse.projectID
                """
            ) { columns in
                (
                    entry: CacheEntry(
                        repository: try columns.next(), hook: try columns.next(), key: try columns.next()),
                    date: try columns.date()
                )
            }
        }
        return Dictionary(uses.map { ($0.entry, $0.date) }) { max($0, $1) }
    }

    /// Remembers which images the engine has, in place of what was known before. Those of unknown projects are left out.
    public func saveCachedImages(_ images: [KnownImage]) async throws(StoreError) {
        try await database.write { db in
            try db.run("DELETE FROM cachedImage")
            for image in images {
                try db.run(
                    """
                    INSERT OR REPLACE INTO cachedImage (projectID, hook, cacheKey, isTrusted, madeAt, size)
                    SELECT id, ?, ?, ?, ?, ? FROM project WHERE repositoryKey = ?
                    """,
                    [
                        image.entry.hook, image.entry.key, image.isTrusted, image.madeAt.milliseconds, image.size,
                        image.entry.repository,
                    ])
            }
        }
    }

    /// The cached images of a project, by hook, the newest first.
    public func cachedImages(_ projectID: Int64) async throws(StoreError) -> [KnownImage] {
        try await database.read { db in
            try db.all(
                """
                SELECT project.repositoryKey, cachedImage.hook, cachedImage.cacheKey, isTrusted, madeAt, size, lastUsedAt
                FROM cachedImage CROSS JOIN project ON project.id = cachedImage.projectID
                LEFT JOIN cacheUse ON cacheUse.projectID = cachedImage.projectID
                    AND cacheUse.hook = cachedImage.hook AND cacheUse.cacheKey = cachedImage.cacheKey
                WHERE cachedImage.projectID = ? ORDER BY cachedImage.hook, madeAt DESC
                """, [projectID]
            ) { columns in
                KnownImage(
                    entry: CacheEntry(
                        repository: try columns.next(), hook: try columns.next(), key: try columns.next()),
                    isTrusted: try columns.next(), madeAt: try columns.date(), size: try columns.next(),
                    lastUsedAt: try columns.dateIfAny())
            }
        }
    }

    /// The cached images of the jobs that run now.
    public func cacheEntriesInUse() async throws(StoreError) -> Set<CacheEntry> {
        try await database.read { db in
            Set(
                try db.all(
                    """
                    SELECT project.repositoryKey, job.hook, job.cacheKey FROM job CROSS JOIN project
                    WHERE job.state = 'running' AND job.cacheKey IS NOT NULL AND project.id = job.projectID
                    """
                ) { columns in
                    CacheEntry(repository: try columns.next(), hook: try columns.next(), key: try columns.next())
                })
        }
    }

    /// Forgets the uses of images that are no longer there.
    ///
    /// - Parameter kept: the images that are there.
    public func keepCacheUses(of kept: Set<CacheEntry>) async throws(StoreError) {
        let known = try await cacheUses()
        let gone = known.keys.filter { !kept.contains($0) }
        guard !gone.isEmpty else { return }
        try await database.write { db in
            for entry in gone {
                // One that was used since it was looked for is being made again.
                try db.run(
                    """
                    DELETE FROM cacheUse WHERE hook = ? AND cacheKey = ? AND lastUsedAt = ?
                        AND projectID = (SELECT id FROM project WHERE repositoryKey = ?)
                    """, [entry.hook, entry.key, known[entry]?.milliseconds, entry.repository])
            }
        }
    }
}

extension Database {
    /// Remembers that a running job began with a cached image, or makes it.
    func noteCacheUse(ofJob id: Int64, _ key: String, at time: Date) throws {
        try run(
            """
            INSERT INTO cacheUse (projectID, hook, cacheKey, lastUsedAt)
            SELECT projectID, hook, ?, ? FROM job WHERE id = ? AND state = 'running'
            ON CONFLICT (projectID, hook, cacheKey) DO UPDATE SET lastUsedAt = excluded.lastUsedAt
            """, [key, time.milliseconds, id])
    }
}
