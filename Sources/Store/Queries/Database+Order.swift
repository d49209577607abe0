import Foundation
internal import GRDB
import Model

/// Where something stands among what was wanted of a project.
struct WantedOrder: Comparable {
    /// When its event happened by GitHub's clock, or the latest one that was known without it, in seconds since 1970.
    var at: Int64
    /// Events of the same second are ordered by their builds, whose ranks are even.
    var rank: Int64
    var buildID: Int64

    init(at: Int64, rank: Int64, buildID: Int64) {
        self.at = at
        self.rank = rank
        self.buildID = buildID
    }

    /// Of an event.
    init(_ happenedAt: Int64, buildID: Int64) { self.init(at: happenedAt, rank: 2 * buildID, buildID: buildID) }

    /// Of what no event tells the time of.
    init(behind mark: EventMark, buildID: Int64) {
        self.init(at: mark.eventAt, rank: 2 * mark.buildID + 1, buildID: buildID)
    }

    static func < (one: WantedOrder, other: WantedOrder) -> Bool {
        (one.at, one.rank, one.buildID) < (other.at, other.rank, other.buildID)
    }
}

extension Store {
    /// How far the events of a project have come. To be asked before a ref is read: what is stored meanwhile is newer than
    /// what was read.
    public func eventMark(_ projectID: Int64) async throws(StoreError) -> EventMark {
        try await database.read { db in try db.eventMark(projectID) }
    }
}

extension Database {
    /// When a build was wanted last. A commit that was no head any more when somebody asked for it is older than all events.
    static let wantedAt = "CASE WHEN build.isOffHead THEN -1 ELSE build.wantedAt END"

    func eventMark(_ projectID: Int64) throws -> EventMark {
        let mark = try first(
            """
            SELECT
                coalesce((SELECT eventAt FROM build INDEXED BY build_of_event
                    WHERE projectID = ? AND eventAt IS NOT NULL ORDER BY eventAt DESC LIMIT 1), 0),
                coalesce((SELECT MAX(id) FROM build), 0)
            """, [projectID]
        ) { columns in EventMark(eventAt: try columns.next(), buildID: try columns.next()) }
        return mark ?? EventMark(eventAt: 0, buildID: 0)
    }

    /// Where an event stands. Of events of the same second, one that says what was there before came after that.
    ///
    /// Not behind a build that the ref came back to in this way, or that was found, which have odd ranks: there the event is
    /// the one of the commit that the ref came back from, told once more.
    func wantedOrder(
        of event: TriggerEvent, at happenedAt: Int64, buildID: Int64, in projectID: Int64
    ) throws -> WantedOrder {
        let order = WantedOrder(happenedAt, buildID: buildID)
        guard let before = event.before else { return order }
        let former = try first(
            "SELECT \(Self.wantedAt), wantedRank, id FROM build WHERE projectID = ? AND ref = ? AND sha = ?",
            [projectID, event.ref.description, before]
        ) { columns in
            WantedOrder(at: try columns.next(), rank: try columns.next(), buildID: try columns.next())
        }
        guard let former, former.at == happenedAt, former > order, former.rank.isMultiple(of: 2) else { return order }
        return WantedOrder(at: happenedAt, rank: former.rank + 1, buildID: buildID)
    }

    /// `nil` when there is no such build.
    func wantedOrder(ofBuild id: Int64) throws -> WantedOrder? {
        try first("SELECT \(Self.wantedAt), wantedRank FROM build WHERE id = ?", [id]) { columns in
            WantedOrder(at: try columns.next(), rank: try columns.next(), buildID: id)
        }
    }

    /// The build is wanted then, too.
    func raiseWantedOrder(_ order: WantedOrder) throws {
        try run(
            "UPDATE build SET wantedAt = ?1, wantedRank = ?2 WHERE id = ?3 AND (wantedAt, wantedRank) < (?1, ?2)",
            [order.at, order.rank, order.buildID])
    }
}
