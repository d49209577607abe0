import Foundation
internal import GRDB
import Model

extension Store {
    /// More than that many rows of a kind are not counted in one look; the next one goes on from there.
    private static let most = 5000

    /// The numbers of now, and what ended since the cursor. Cheap: it looks at what is open, and at rows that are new.
    ///
    /// - Parameter cursor: where the last look ended; `nil` counts nothing that has ended already.
    public func figures(
        since cursor: FiguresCursor?
    ) async throws(StoreError) -> (figures: StoreFigures, cursor: FiguresCursor) {
        let pair = try await database.read { db -> Pair in
            var figures = StoreFigures()
            figures.queuedJobs = try db.queue("job", "state = 'queued'", time: "createdAt")
            figures.runningJobs = try db.count("job WHERE state = 'running'")
            figures.waitingDeliveries = try db.queue("delivery", "state = 'received'", time: "receivedAt")
            figures.waitingStatuses = try db.count("status WHERE \(StatusRecord.isDue)")
            figures.openDrift = try db.count("drift WHERE healedAt IS NULL")
            let conditions = try db.all(
                "SELECT condition, COUNT(*) FROM project WHERE isActive GROUP BY condition"
            ) { columns in
                (try columns.value(ProjectCondition.Status.init(rawValue:)), try columns.next(Int.self))
            }
            figures.projects = Dictionary(conditions) { first, _ in first }
            try db.countTrouble(&figures)
            var next = try cursor ?? db.cursor()
            if cursor != nil {
                try db.countJobs(&figures, &next, limit: Self.most)
                try db.countDeliveries(&figures, &next, limit: Self.most)
            }
            return Pair(figures: figures, cursor: next)
        }
        return (pair.figures, pair.cursor)
    }

    private struct Pair: Sendable {
        var figures: StoreFigures
        var cursor: FiguresCursor
    }
}

extension Database {
    fileprivate func count(_ table: String) throws -> Int {
        try first("SELECT COUNT(*) FROM \(table)") { columns in try columns.next(Int.self) } ?? 0
    }

    fileprivate func countTrouble(_ figures: inout StoreFigures) throws {
        figures.keptProjects = try count("project WHERE isActive AND keptSince IS NOT NULL")
        let newest = try first(
            "SELECT id, appliedAt FROM configRevision WHERE id = (SELECT MAX(id) FROM configRevision)"
        ) { columns in
            (id: try columns.next(Int64.self), appliedAt: try columns.dateIfAny())
        }
        guard let newest else { return }
        figures.isRevisionHeld = newest.appliedAt == nil
        figures.brokenFiles =
            try Int.fetchOne(
                cachedStatement(
                    sql: """
                        SELECT COUNT(DISTINCT json_extract(json_each.value, '$.path'))
                        FROM configRevision, json_each(configRevision.diagnostics)
                        WHERE configRevision.id = ? AND json_extract(json_each.value, '$.severity') = 'error'
                        """), arguments: [newest.id]) ?? 0
    }

    /// - Parameter condition: the one of a partial index, word for word.
    fileprivate func queue(_ table: String, _ condition: String, time: String) throws -> StoreFigures.Queue {
        let sql = "SELECT COUNT(*), MIN(\(time)) FROM \(table) WHERE \(condition)"
        return try first(sql) { columns in
            StoreFigures.Queue(count: try columns.next(), oldest: try columns.dateIfAny())
        } ?? StoreFigures.Queue()
    }

    fileprivate func cursor() throws -> FiguresCursor {
        FiguresCursor(
            job: try Int64.fetchOne(cachedStatement(sql: "SELECT MAX(id) FROM job")) ?? 0,
            openJobs: try Int64.fetchAll(cachedStatement(sql: "SELECT id FROM job WHERE state = 'queued'"))
                + Int64.fetchAll(cachedStatement(sql: "SELECT id FROM job WHERE state = 'running'")),
            delivery: try Int64.fetchOne(cachedStatement(sql: "SELECT MAX(id) FROM delivery")) ?? 0,
            openDeliveries: try Int64.fetchAll(cachedStatement(sql: "SELECT id FROM delivery WHERE state = 'received'"))
        )
    }

    fileprivate func countJobs(_ figures: inout StoreFigures, _ cursor: inout FiguresCursor, limit: Int) throws {
        let columns = "id, state, createdAt, startedAt, finishedAt, cacheReused"
        var open: [Int64] = []
        func take(_ row: inout Columns) throws {
            let id: Int64 = try row.next()
            cursor.job = max(cursor.job, id)
            let state = try row.value(JobState.init(rawValue:))
            guard state.isFinished else { return open.append(id) }
            let (created, started, ended) = (try row.date(), try row.dateIfAny(), try row.dateIfAny())
            figures.endedJobs.append(
                StoreFigures.EndedJob(
                    state: state, waited: started.map { max(0, $0.timeIntervalSince(created)) },
                    took: started.flatMap { start in ended.map { max(0, $0.timeIntervalSince(start)) } },
                    isCacheReused: try row.next()))
        }
        let known = String(decoding: try JSONEncoder().encode(cursor.openJobs), as: UTF8.self)
        let last = cursor.job
        _ = try all("SELECT \(columns) FROM job WHERE id IN (SELECT value FROM json_each(?))", [known]) {
            try take(&$0)
        }
        _ = try all("SELECT \(columns) FROM job WHERE id > ? ORDER BY id LIMIT ?", [last, limit]) { try take(&$0) }
        cursor.openJobs = open
    }

    fileprivate func countDeliveries(_ figures: inout StoreFigures, _ cursor: inout FiguresCursor, limit: Int) throws {
        var open: [Int64] = []
        func take(_ row: inout Columns) throws {
            let id: Int64 = try row.next()
            cursor.delivery = max(cursor.delivery, id)
            let state: String = try row.next()
            guard state != "received" else { return open.append(id) }
            let build: Int64? = try row.next()
            let end: StoreFigures.EndedDelivery = state == "failed" ? .failed : build == nil ? .nothing : .build
            figures.endedDeliveries[end, default: 0] += 1
        }
        let known = String(decoding: try JSONEncoder().encode(cursor.openDeliveries), as: UTF8.self)
        let last = cursor.delivery
        _ = try all(
            "SELECT id, state, buildNumber FROM delivery WHERE id IN (SELECT value FROM json_each(?))", [known]
        ) { try take(&$0) }
        let new: [Void] = try all(
            "SELECT id, state, buildNumber FROM delivery WHERE id > ? ORDER BY id LIMIT ?", [last, limit]
        ) { try take(&$0) }
        figures.receivedDeliveries = new.count
        cursor.openDeliveries = open
    }
}
