import Foundation
internal import GRDB

extension Store {
    /// Reads what is remembered of all projects without opening the store: also while another process works with it.
    /// Nothing is written, no lock is taken.
    ///
    /// - Returns: `nil` when there is no database in that folder.
    public static func peek(dataDirectory: String) async throws(StoreError) -> [ReconcileRecord]? {
        let path = dataDirectory + "/kozmic.sqlite"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try await DatabaseFile.openForReading(path: path)
        let result: Result<[ReconcileRecord], StoreError>
        do {
            result = .success(
                try await file.read { db in try db.reconcileRecords() })
        } catch {
            result = .failure(error)
        }
        await file.close()
        return try result.get()
    }
}
