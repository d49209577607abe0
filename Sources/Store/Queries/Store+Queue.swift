import Foundation
internal import GRDB
import Model

extension Store {
    /// Where queued jobs stand, for pages. Jobs that are not in the queue have no place.
    public func queuePlaces(_ jobIDs: [Int64]) async throws(StoreError) -> [Int64: QueuePlace] {
        guard !jobIDs.isEmpty else { return [:] }
        let wanted = Set(jobIDs)
        return try await database.read { db in
            let order = try Int64.fetchAll(db.cachedStatement(sql: Database.slotOrder))
            var places: [Int64: QueuePlace] = [:]
            for (index, id) in order.enumerated() where wanted.contains(id) {
                places[id] = QueuePlace(jobID: id, position: index + 1)
            }
            for id in wanted where places[id] == nil {
                places[id] = try db.hindrance(ofJob: id)
            }
            return places
        }
    }
}

extension Database {
    /// Whether the row `job` may begin: it waits for nobody, and its concurrency group has room for one more.
    static let hasRoomInGroup = """
        (job.needsApproval = 0 OR EXISTS (SELECT 1 FROM build AS own WHERE own.id = job.buildID
            AND own.approvedBy IS NOT NULL))
        AND (job.concurrencyGroup IS NULL OR job.concurrencyLimit > \(runningInGroup))
        """

    /// How many jobs of a project have a slot.
    static func running(in project: String) -> String {
        "(SELECT COUNT(*) FROM job AS other WHERE other.projectID = \(project) AND other.state = 'running')"
    }

    /// Grows with each slot that is given, whichever project gets it.
    static func turn(of project: String) -> String {
        "coalesce((SELECT turn FROM slotTurn WHERE slotTurn.projectID = \(project)), 0)"
    }

    /// The project of a job that starts is the one that had its turn last.
    func noteTurn(ofJob id: Int64) throws {
        try run(
            """
            INSERT INTO slotTurn (projectID, turn) VALUES (
                (SELECT projectID FROM job WHERE id = ?), (SELECT coalesce(MAX(turn), 0) + 1 FROM slotTurn))
            ON CONFLICT (projectID) DO UPDATE SET turn = excluded.turn
            """, [id])
    }

    /// Why a queued job has no position.
    fileprivate func hindrance(ofJob id: Int64) throws -> QueuePlace? {
        let facts = try first(
            """
            SELECT job.concurrencyGroup, job.needsApproval AND build.approvedBy IS NULL
            FROM job JOIN build ON build.id = job.buildID WHERE job.id = ? AND job.state = 'queued'
            """, [id]
        ) { columns in (group: try columns.next(String?.self), isHeld: try columns.next(Bool.self)) }
        guard let facts else { return nil }
        if facts.isHeld { return QueuePlace(jobID: id, needsApproval: true) }
        return facts.group.map { QueuePlace(jobID: id, fullGroup: $0) }
    }

    private static let runningInGroup = """
        (SELECT COUNT(*) FROM job AS other WHERE other.projectID = job.projectID
            AND other.concurrencyGroup = job.concurrencyGroup AND other.state = 'running')
        """

    /// The queued jobs in the order in which `claimNextJob` would take them if none ended and none came.
    ///
    /// The k-th job of a project gets its slot when the project has k - 1 more running than now. Of the projects that
    /// have equally many then, those that had as many all along come first, by their turns; each of the others got a
    /// slot meanwhile, in this order, too: the more a project has running now, the earlier. What a group has no room
    /// for when the jobs before it run is passed over, and its project's next job takes its place.
    fileprivate static let slotOrder = """
        SELECT id FROM (
            SELECT id, running, served, MIN(id) OVER (PARTITION BY projectID) AS oldest,
                running + ROW_NUMBER() OVER (PARTITION BY projectID ORDER BY id) AS slot
            FROM (
                SELECT job.id, job.projectID, job.concurrencyGroup, \(running(in: "job.projectID")) AS running,
                    \(turn(of: "job.projectID")) AS served,
                    job.concurrencyLimit - \(runningInGroup)
                        - ROW_NUMBER() OVER (PARTITION BY job.projectID, job.concurrencyGroup ORDER BY job.id) AS room
                FROM job INDEXED BY job_queued WHERE job.state = 'queued' AND \(hasRoomInGroup)
            ) WHERE concurrencyGroup IS NULL OR room >= 0
        ) ORDER BY slot, running DESC, served, oldest
        """
}
