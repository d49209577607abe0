import Foundation
internal import GRDB
internal import Glibc
internal import ThreadPool

extension DatabaseFile {
    /// A file up to this size is checked whole at every start; it takes a moment.
    private static let quickCheckLimit: Int64 = 64 << 20

    /// Opens the file, makes it when there is none, and brings its tables up to date.
    ///
    /// - Parameter trace: is given every statement with its values; for tests.
    static func open(
        path: String, trace: (@Sendable (String) -> Void)? = nil
    ) async throws(StoreError) -> DatabaseFile {
        let result = await ThreadPool.shared.run { Result { try openPool(path: path, trace: trace) } }
        switch result {
        case .success(let pool): return DatabaseFile(path: path, pool: pool)
        case .failure(let error): throw StoreError(error, path: path)
        }
    }

    /// Opens the file as another process left it, or works with it; its tables must be those of this version.
    static func openForReading(path: String) async throws(StoreError) -> DatabaseFile {
        let result = await ThreadPool.shared.run { Result { try openPoolForReading(path: path) } }
        switch result {
        case .success(let pool): return DatabaseFile(path: path, pool: pool)
        case .failure(let error): throw StoreError(error, path: path)
        }
    }

    private static func openPoolForReading(path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let pool = try DatabasePool(path: path, configuration: configuration)
        let (isCurrent, isNewer) = try pool.read { db in
            (try Schema.migrator.hasCompletedMigrations(db), try Schema.migrator.hasBeenSuperseded(db))
        }
        if isNewer { throw StoreError.newerSchema(path: path) }
        guard isCurrent else {
            throw StoreError.failed("\(path) was written by an older version of Kozmic; start `kozmic serve` once")
        }
        return pool
    }

    private static func openPool(path: String, trace: (@Sendable (String) -> Void)?) throws -> DatabasePool {
        let size = try makePrivate(path)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(10)
        configuration.label = "kozmic"
        configuration.prepareDatabase { db in
            // Each reader has a cache of its own, of pages that the system's holds as well.
            if db.configuration.readonly { try db.execute(sql: "PRAGMA cache_size = -512") }
        }
        if let trace {
            configuration.prepareDatabase { db in db.trace { trace($0.expandedDescription) } }
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { db in
            // GRDB opens pools with NORMAL, which may lose the last transactions when the power fails: then GitHub
            // has been told 202 for a delivery that nobody knows any more.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // 16 MB: with SQLite's 4 a burst of deliveries spends its time moving the same pages again and again.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 4096")
            try check(db, path: path, size: size)
        }
        try Schema.migrator.migrate(pool)
        return pool
    }

    private static func check(_ db: Database, path: String, size: Int64) throws {
        let hasTables = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM sqlite_schema)") ?? false
        guard hasTables else { return }
        guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else {
            throw StoreError.corrupt(path: path, detail: "it belongs to another program")
        }
        guard try !Schema.migrator.hasBeenSuperseded(db) else { throw StoreError.newerSchema(path: path) }
        if size <= quickCheckLimit, let finding = try String.fetchOne(db, sql: "PRAGMA quick_check(1)"),
            finding != "ok"
        {
            throw StoreError.corrupt(path: path, detail: finding)
        }
    }

    /// Makes the file, readable by nobody else, before SQLite would make it with the process's mask; SQLite gives its
    /// two companions the same mode. Returns its size.
    private static func makePrivate(_ path: String) throws(StoreError) -> Int64 {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError(errno: errno, path: path) }
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard fchmod(descriptor, 0o600) == 0, fstat(descriptor, &status) == 0 else {
            throw StoreError(errno: errno, path: path)
        }
        return Int64(status.st_size)
    }
}
