import Foundation
internal import GRDB
internal import ThreadPool

/// Answers of GitHub that are kept over a restart: a small database beside the real one, which may be deleted at any
/// time. What cannot be read or written is not there; nothing is lost by it but quota.
public final class AnswerArchive: Sendable {
    /// An answer as it is kept.
    public struct Entry: Sendable, Hashable {
        /// Its version.
        public var etag: String
        /// Where the next page is.
        public var link: String?
        /// Its body.
        public var body: [UInt8]

        /// Memberwise.
        public init(etag: String, link: String?, body: [UInt8]) {
            self.etag = etag
            self.link = link
            self.body = body
        }
    }

    /// What nobody asked for in that time is removed.
    private static let age: Int64 = 14 * 86_400_000
    private static let day: Int64 = 86_400_000
    /// Bytes of all bodies; beyond it the ones that were not asked for longest are removed at the next start.
    private static let limit: Int64 = 256 << 20

    private let queue: DatabaseQueue?
    private let now: @Sendable () -> Date

    private init(_ queue: DatabaseQueue?, now: @escaping @Sendable () -> Date) {
        self.queue = queue
        self.now = now
    }

    /// Opens the archive in a data directory, which must exist; one that is damaged is made anew.
    public static func open(
        dataDirectory: String, now: @escaping @Sendable () -> Date = { Date() }
    ) async -> AnswerArchive {
        let path = dataDirectory + "/answers.sqlite"
        let time = now().milliseconds
        let queue = await ThreadPool.shared.run {
            if let queue = try? make(path, time) { return DatabaseQueue?.some(queue) }
            for suffix in ["", "-wal", "-shm", "-journal"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
            return try? make(path, time)
        }
        return AnswerArchive(queue, now: now)
    }

    /// What was kept under that key.
    public func entry(for key: String) async -> Entry? {
        guard let queue else { return nil }
        let now = now().milliseconds
        let found: Found? = await withCheckedContinuation { continuation in
            // Not `asyncRead`: on a connection that is closed already it ends a transaction that never began.
            queue.asyncWriteWithoutTransaction { db in
                let found = try? db.first("SELECT etag, link, body, usedAt FROM answer WHERE key = ?", [key]) {
                    Found(
                        entry: Entry(etag: try $0.next(), link: try $0.next(), body: [UInt8](try $0.next(Data.self))),
                        usedAt: try $0.next())
                }
                continuation.resume(returning: found)
            }
        }
        if let found, now - found.usedAt > Self.day {
            await write("UPDATE answer SET usedAt = ? WHERE key = ?", [now, key])
        }
        return found?.entry
    }

    /// Keeps an entry in place of an earlier one.
    public func keep(_ entry: Entry, for key: String) async {
        await write(
            """
            INSERT INTO answer (key, etag, link, body, usedAt) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET etag = excluded.etag, link = excluded.link, body = excluded.body,
                usedAt = excluded.usedAt
            """, [key, entry.etag, entry.link, Data(entry.body), now().milliseconds])
    }

    /// Ends the work under way and closes the file.
    public func close() async {
        guard let queue else { return }
        await ThreadPool.shared.run { try? queue.close() }
    }

    private struct Found: Sendable {
        var entry: Entry
        var usedAt: Int64
    }

    private func write(_ sql: String, _ arguments: StatementArguments) async {
        guard let queue else { return }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            queue.asyncWrite({ db in try db.run(sql, arguments) }) { _, _ in continuation.resume() }
        }
    }

    private static func make(_ path: String, _ time: Int64) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "kozmic.answers"
        let files = FileManager.default
        if !files.fileExists(atPath: path) {
            guard files.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
                throw StoreError.failed("\(path) cannot be made")
            }
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { db in
            // Losing the last answers when the power fails costs nothing, and waiting for the disk would.
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000")
            try db.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS answer (
                        key TEXT PRIMARY KEY,
                        etag TEXT NOT NULL,
                        link TEXT,
                        body BLOB NOT NULL,
                        usedAt INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID
                    """)
            try db.execute(sql: "DELETE FROM answer WHERE usedAt < ?", arguments: [time - age])
            try db.execute(
                sql: """
                    DELETE FROM answer WHERE key IN (SELECT key FROM (
                        SELECT key, SUM(length(body)) OVER (ORDER BY usedAt DESC, key) AS bytes FROM answer
                    ) WHERE bytes > ?)
                    """, arguments: [limit])
        }
        return queue
    }
}
