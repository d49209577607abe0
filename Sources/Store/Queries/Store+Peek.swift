import Foundation
internal import GRDB

extension Store {
    /// Reads what is remembered of all projects without opening the store: also while another process works with it.
    /// Nothing is written, no lock is taken.
    ///
    /// - Returns: `nil` when there is no database in that folder.
    public static func peek(dataDirectory: String) async throws(StoreError) -> [ReconcileRecord]? {
        try await reading(dataDirectory) { db in try db.reconcileRecords() }
    }

    /// Reads in the same way what is applied of the admin repository.
    ///
    /// - Returns: `nil` when there is no database in that folder, or nothing was applied yet.
    public static func peekApplied(dataDirectory: String) async throws(StoreError) -> AppliedConfiguration? {
        try await reading(dataDirectory) { db in try db.appliedConfiguration() } ?? nil
    }

    /// Reads from a folder's database, whoever works with it; `nil` when there is none.
    static func reading<Value: Sendable>(
        _ dataDirectory: String, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value? {
        let path = dataDirectory + "/kozmic.sqlite"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try await DatabaseFile.openForReading(path: path)
        let result: Result<Value, StoreError>
        do {
            result = .success(try await file.read(body))
        } catch {
            result = .failure(error)
        }
        await file.close()
        return try result.get()
    }
}
