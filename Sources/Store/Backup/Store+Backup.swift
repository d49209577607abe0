import Foundation
internal import GRDB
internal import Glibc
internal import ThreadPool

extension Store {
    /// Copies the database and the logs to another folder, also while another process works with them: it is not
    /// stopped, and writes nothing later than usual.
    ///
    /// The database is copied as it was at one moment. The logs come after it, so each job that had ended by then has
    /// its whole log; of a job that was running there is the log up to some later moment. Logs of jobs that the copied
    /// database does not know, or that had not begun, are left out: their numbers are given to other jobs there.
    ///
    /// - Parameter folder: must exist and be empty.
    /// - Returns: what was copied, on the disk when this returns; `nil` when there is no database in `dataDirectory`.
    /// - Throws: `diskFull`, `newerSchema`, or `failed` in the words of SQLite or of the system.
    public static func backUp(
        dataDirectory: String, to folder: String
    ) async throws(StoreError) -> BackupContents? {
        let source = dataDirectory + "/kozmic.sqlite"
        guard FileManager.default.fileExists(atPath: source) else { return nil }
        let result = await ThreadPool.shared.run {
            Result {
                let copy = folder + "/kozmic.sqlite"
                try copyDatabase(source, to: copy)
                var (contents, jobs) = try readCopy(copy)
                try copyLogs(of: jobs, "\(dataDirectory)/logs", to: "\(folder)/logs", &contents)
                flush()
                return contents
            }
        }
        switch result {
        case .success(let contents): return contents
        case .failure(let error): throw StoreError(error, path: source)
        }
    }

    /// Waits until everything that was written is on the disk: one flush, and not one for each of a hundred thousand
    /// logs. Blocks.
    public static func flush() { sync() }

    private static func copyDatabase(_ source: String, to copy: String) throws {
        // Made before SQLite would make it with the process's mask.
        try FileDescriptor.open(copy, O_RDWR | O_CREAT | O_EXCL).close()
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: source, configuration: configuration)
        try queue.inDatabase { db in
            guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else {
                throw StoreError.corrupt(path: source, detail: "it belongs to another program")
            }
            if try Schema.migrator.hasBeenSuperseded(db) { throw StoreError.newerSchema(path: source) }
            guard try Schema.migrator.hasCompletedMigrations(db) else {
                throw StoreError.failed(
                    "\(source) was written by an older version of Kozmic; start `kozmic serve` once")
            }
            // One read transaction, so what is written meanwhile is in it whole or not at all. What was deleted is not.
            try db.execute(sql: "VACUUM INTO ?", arguments: [copy])
        }
        try queue.close()
    }

    private static func readCopy(_ path: String) throws -> (BackupContents, jobs: [Int64]) {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let result = try queue.inDatabase { db in
            var contents = BackupContents()
            contents.projects = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM project") ?? 0
            contents.builds = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM build") ?? 0
            contents.jobs = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM job") ?? 0
            contents.deliveries = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM delivery") ?? 0
            let jobs = try Int64.fetchAll(db, sql: "SELECT id FROM job WHERE state <> 'queued' ORDER BY id")
            return (contents, jobs)
        }
        try queue.close()
        return result
    }

    private static func copyLogs(
        of jobs: [Int64], _ source: String, to target: String, _ contents: inout BackupContents
    ) throws(StoreError) {
        try makeFolder(target)
        for job in jobs {
            let (from, to) = (LogPaths(source, job), LogPaths(target, job))
            guard let log = try FileDescriptor.openIfPresent(from.log, O_RDONLY) else { continue }
            try makeFolder(to.folder)
            // The bytes first: a record that is younger than them is cut off by whoever reads it.
            contents.logBytes += try copy(log, to: to.log)
            if let chunks = try FileDescriptor.openIfPresent(from.chunks, O_RDONLY) { try copy(chunks, to: to.chunks) }
            contents.logs += 1
        }
    }

    private static func makeFolder(_ path: String) throws(StoreError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw StoreError(errno: errno, path: path) }
    }

    /// The bytes that a file has now, and not those that come meanwhile: a job may write as fast as they are copied.
    @discardableResult
    private static func copy(_ file: FileDescriptor, to path: String) throws(StoreError) -> Int64 {
        let target = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL)
        defer { target.close() }
        let size = try file.size()
        var offset: Int64 = 0
        while offset < size {
            let bytes = try file.read(at: offset, count: Int(min(size - offset, 1 << 20)))
            if bytes.isEmpty { break }
            try target.write(bytes, at: offset)
            offset += Int64(bytes.count)
        }
        return offset
    }
}
