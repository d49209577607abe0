import Foundation
internal import GRDB
import Model

extension Store {
    /// Where queued jobs stand, for pages. Jobs that are not in the queue have no place.
    public func queuePlaces(_ jobIDs: [Int64]) async throws(StoreError) -> [Int64: QueuePlace] {
        guard !jobIDs.isEmpty else { return [:] }
        let wanted = Set(jobIDs)
        return try await database.read { db in
            // The k-th job of a project gets its slot when the project has k - 1 more running than now.
            let free = try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM (
                        SELECT job.id, ROW_NUMBER() OVER (PARTITION BY job.projectID ORDER BY job.id)
                            + (SELECT COUNT(*) FROM job AS other
                                WHERE other.projectID = job.projectID AND other.state = 'running') AS turn
                        FROM job INDEXED BY job_queued WHERE job.state = 'queued' AND \(Database.hasRoomInGroup)
                    ) ORDER BY turn, id
                    """)
            var places: [Int64: QueuePlace] = [:]
            for (index, id) in free.enumerated() where wanted.contains(id) {
                places[id] = QueuePlace(jobID: id, position: index + 1)
            }
            for id in wanted where places[id] == nil {
                let group = try String.fetchOne(
                    db, sql: "SELECT concurrencyGroup FROM job WHERE id = ? AND state = 'queued'", arguments: [id])
                if let group { places[id] = QueuePlace(jobID: id, fullGroup: group) }
            }
            return places
        }
    }
}

extension Database {
    /// Whether the row `job` may begin: its build waits for nobody, and its concurrency group has room for one more.
    static let hasRoomInGroup = """
        EXISTS (SELECT 1 FROM build AS own WHERE own.id = job.buildID
            AND (own.needsApproval = 0 OR own.approvedBy IS NOT NULL))
        AND (job.concurrencyGroup IS NULL OR job.concurrencyLimit > (
            SELECT COUNT(*) FROM job AS other WHERE other.projectID = job.projectID
                AND other.concurrencyGroup = job.concurrencyGroup AND other.state = 'running'))
        """
}
