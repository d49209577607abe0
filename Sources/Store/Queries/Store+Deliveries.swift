import Foundation
internal import GRDB
import Model

extension Store {
    /// The repositories that have deliveries waiting, the one that waits longest first. It costs a look into the index
    /// for each repository, however many deliveries wait: it is asked for again whenever one comes.
    public func waitingRepositories() async throws(StoreError) -> [WaitingRepository] {
        try await database.read { db in
            try db.all(
                """
                WITH RECURSIVE oldest (id, repositoryKey) AS (
                    SELECT * FROM (
                        SELECT id, repositoryKey FROM delivery INDEXED BY delivery_waiting
                        WHERE state = 'received' ORDER BY repositoryKey, id LIMIT 1)
                    UNION ALL
                    SELECT next.id, next.repositoryKey FROM oldest CROSS JOIN delivery AS next ON next.id = (
                        SELECT id FROM delivery INDEXED BY delivery_waiting
                        WHERE state = 'received' AND repositoryKey > oldest.repositoryKey
                        ORDER BY repositoryKey, id LIMIT 1)
                )
                SELECT delivery.repository, coalesce(delivery.nextTryAt, 0)
                FROM oldest CROSS JOIN delivery ON delivery.id = oldest.id ORDER BY delivery.id
                """
            ) { columns in
                WaitingRepository(
                    repository: try columns.value { RepositoryName($0) }, nextTryAt: try columns.date())
            }
        }
    }

    /// Remembers that nothing could be decided about a delivery yet, why, and when it is to be tried again.
    public func postponeDelivery(
        _ id: Int64, problem: String, until: Date
    ) async throws(StoreError) {
        let isChange = try await database.write { db in
            try db.run(
                """
                UPDATE delivery SET problem = ?, failures = failures + 1, nextTryAt = ?
                WHERE id = ? AND state = 'received'
                """, [problem, until.milliseconds, id])
            return db.changesCount > 0
        }
        if isChange { notify([.deliveries]) }
    }

    /// After so many bytes of bodies a list of pending deliveries ends.
    public static let pendingBytes = 32 << 20

    /// The deliveries that wait to be looked at, oldest first. The bodies are bounded too: see ``pendingBytes``.
    ///
    /// - Parameter repository: only those for this one.
    public func pendingDeliveries(
        _ repository: RepositoryName? = nil, limit: Int
    ) async throws(StoreError) -> [PendingDelivery] {
        try await database.read { db in
            let isOfRepository = repository == nil ? "" : "delivery.repositoryKey = ? AND"
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT \(DeliveryRecord.columns), payload.body FROM delivery
                        LEFT JOIN payload ON payload.deliveryID = delivery.id
                        WHERE \(isOfRepository) delivery.state = 'received' ORDER BY delivery.id LIMIT ?
                        """), arguments: StatementArguments(repository.map { [$0.key] } ?? []) + [limit])
            var pending: [PendingDelivery] = []
            var bytes = 0
            while bytes < Self.pendingBytes, let row = try rows.next() {
                var columns = Columns(row)
                let delivery = try DeliveryRecord(&columns)
                let payload = try columns.next(Data?.self).map { Array($0) } ?? []
                bytes += payload.count
                pending.append(PendingDelivery(delivery: delivery, payload: payload))
            }
            return pending
        }
    }

    /// A page of deliveries, newest first.
    ///
    /// - Parameters:
    ///   - repository: only the ones for this repository.
    ///   - before: only the ones older than the delivery of this number.
    public func deliveries(
        _ repository: RepositoryName? = nil, before: Int64? = nil, limit: Int
    ) async throws(StoreError) -> [DeliveryRecord] {
        let before = before ?? .max
        return try await database.read { db in
            if let repository {
                return try db.all(
                    """
                    SELECT \(DeliveryRecord.columns) FROM delivery WHERE repositoryKey = ? AND id < ?
                    ORDER BY id DESC LIMIT ?
                    """, [repository.key, before, limit], DeliveryRecord.init)
            }
            return try db.all(
                "SELECT \(DeliveryRecord.columns) FROM delivery WHERE id < ? ORDER BY id DESC LIMIT ?",
                [before, limit], DeliveryRecord.init)
        }
    }

    /// Which of these GUIDs a hook has deliveries for: the others were lost.
    public func knownDeliveries(
        _ repository: RepositoryName, _ hook: HookID, guids: [String]
    ) async throws(StoreError) -> Set<String> {
        try await database.read { db in
            Set(
                try db.all(
                    """
                    SELECT delivery.guid FROM json_each(?) AS asked CROSS JOIN delivery
                    WHERE repositoryKey = ? AND hook = ? AND guid = asked.value
                    """, [try JSONColumn.text(guids), repository.key, hook.description]
                ) { columns in try columns.next(String.self) })
        }
    }

    /// Stores what was decided about a delivery and, in the same transaction, makes the build or adds its jobs.
    ///
    /// Nothing happens when the delivery was finished before, so that it can be called again after a crash.
    ///
    /// - Parameters:
    ///   - decision: one sentence.
    ///   - failed: whether the delivery could not be understood.
    ///   - cancels: the builds that end because of it; the sentence says how many jobs that were.
    ///   - action: the payload's action, for the page; also `ref`, which is the build's by default.
    ///   - explanation: what the rules of the hooks said.
    /// - Returns: the build that the delivery made or joined.
    @discardableResult
    public func finishDelivery(
        _ id: Int64, decision: String, failed: Bool = false, build: NewBuild? = nil,
        cancels: BuildCancellation? = nil, action: String? = nil, ref: GitRef? = nil,
        explanation: DeliveryExplanation? = nil
    ) async throws(StoreError) -> BuildRecord? {
        let time = now()
        let (record, topics) = try await database.write { db -> (BuildRecord?, [ChangeSignal.Topic]) in
            let state = try String.fetchOne(
                db.cachedStatement(sql: "SELECT state FROM delivery WHERE id = ?"), arguments: [id])
            guard let state else { throw StoreError.notFound("delivery \(id)") }
            guard state == DeliveryRecord.State.received.rawValue else {
                return (try db.buildOfDelivery(id), [])
            }
            let made = try build.flatMap { try db.make($0, at: time) }
            let ended = try cancels.map { try db.cancel($0, at: time) }
            let sentence = [decision, made?.note, ended?.note].compactMap(\.self).joined(separator: "; ")
            try db.run(
                """
                UPDATE delivery SET state = ?, decision = ?, buildNumber = ?, action = ?, ref = ?, sha = ?,
                    explanation = ? WHERE id = ?
                """,
                [
                    failed ? "failed" : "done", sentence, made?.build.number, action,
                    (ref ?? build?.event.ref)?.description, explanation?.event.commit ?? build?.event.commit,
                    try explanation.map { try JSONColumn.text($0) }, id,
                ])
            return (made?.build, (made?.topics ?? []) + (ended?.topics ?? []))
        }
        notify(topics)
        return record
    }
}

extension Database {
    fileprivate func buildOfDelivery(_ id: Int64) throws -> BuildRecord? {
        try first(
            """
            SELECT \(BuildRecord.columns) FROM delivery
            JOIN project ON project.repositoryKey = delivery.repositoryKey
            JOIN build ON build.projectID = project.id AND build.number = delivery.buildNumber
            WHERE delivery.id = ?
            """, [id], BuildRecord.init)
    }
}
