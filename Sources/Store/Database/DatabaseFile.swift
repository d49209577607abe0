import Foundation
internal import GRDB
internal import Synchronization
internal import ThreadPool

/// The SQLite file. What reads and writes it waits for a connection without a thread, and then blocks one of `ThreadPool`:
/// GRDB's own calls compile in any `async` function, and would block a thread of the cooperative pool there.
///
/// A write is carried out whole or not at all, even when the task that asked for it is cancelled meanwhile: a job whose
/// process is being shut down can still store its outcome.
final class DatabaseFile: Sendable {
    let path: String
    private let pool: DatabasePool
    private let readers: ConnectionLimit
    /// GRDB would have those that wait for others each take a thread, or go to a queue whose thread is another one.
    private let writer = ConnectionLimit(1)
    private let isClosed = Mutex(false)

    /// Takes an open pool; see `DatabaseFile+Open.swift`.
    init(path: String, pool: DatabasePool) {
        self.path = path
        self.pool = pool
        readers = ConnectionLimit(pool.configuration.maximumReaderCount)
    }

    /// Reads from one snapshot.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        guard !isClosed.withLock({ $0 }) else { throw .closed }
        await readers.enter()
        let result = await ThreadPool.shared.run { [pool] in Result { try pool.read(body) } }
        readers.leave()
        return try value(of: result)
    }

    /// Writes in one transaction, which is committed when this returns.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        guard !isClosed.withLock({ $0 }) else { throw .closed }
        await writer.enter()
        let result = await ThreadPool.shared.run { [pool] in Result { try pool.write(body) } }
        writer.leave()
        return try value(of: result)
    }

    /// The rows of one statement as texts, columns separated by `|`; for tests, which look at plans and damage rows.
    func query(_ sql: String) async throws(StoreError) -> [String] {
        try await write { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { String.fromDatabaseValue($0) ?? "\($0)" }.joined(separator: "|")
            }
        }
    }

    /// Later reads and writes throw `closed`; those under way end first.
    func close() async {
        let wasClosed = isClosed.withLock { closed in
            defer { closed = true }
            return closed
        }
        guard !wasClosed else { return }
        // GRDB closes synchronously, waiting for the accesses under way; writes that wait come first.
        await writer.enter()
        await ThreadPool.shared.run { [pool] in try? pool.close() }
        writer.leave()
    }

    private func value<Value>(of result: Result<Value, any Error>) throws(StoreError) -> Value {
        switch result {
        case .success(let value): return value
        case .failure(let error): throw StoreError(error, path: path)
        }
    }
}

extension StoreError {
    /// The error in the store's words. SQLite's own words never hold values, only names of tables and columns.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as StoreError:
            self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL:
            self = .diskFull(path: path)
        case let error as DatabaseError
        where error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB:
            self = .corrupt(path: path, detail: error.message ?? "SQLite error \(error.resultCode.rawValue)")
        case let error as DatabaseError where error.message == "Connection is closed":
            self = .closed
        case let error as DatabaseError:
            self = .failed(
                "SQLite error \(error.extendedResultCode.rawValue) in \(path): \(error.message ?? "no message")")
        default:
            self = .failed("\(path): \(error)")
        }
    }
}
