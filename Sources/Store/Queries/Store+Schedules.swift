import Foundation
internal import GRDB
import Model

extension Store {
    /// Makes the schedules those that the configuration has now. One that stays keeps its last due time; one that is new
    /// or has another cron text begins with the given one, so that no run is caught up with that was never promised.
    ///
    /// - Returns: all of them.
    public func saveSchedules(_ wanted: [ScheduleRecord]) async throws(StoreError) -> [ScheduleRecord] {
        try await database.write { db in
            let known = try db.all("SELECT projectID, hook, cron, lastDueAt FROM schedule", [], ScheduleRecord.init)
            func key(_ record: ScheduleRecord) -> String { "\(record.projectID) \(record.hook) \(record.cron)" }
            let knownByKey = Dictionary(known.map { (key($0), $0) }) { first, _ in first }
            let wantedKeys = Set(wanted.map(key))
            for old in known where !wantedKeys.contains(key(old)) {
                try db.run(
                    "DELETE FROM schedule WHERE projectID = ? AND hook = ?", [old.projectID, old.hook.description])
            }
            return try wanted.map { record in
                if let old = knownByKey[key(record)] { return old }
                try db.run(
                    "INSERT INTO schedule (projectID, hook, cron, lastDueAt) VALUES (?, ?, ?, ?)",
                    [record.projectID, record.hook.description, record.cron, record.lastDueAt.milliseconds])
                return record
            }
        }
    }

    /// Takes a due time and makes its build, in one transaction: however often and whenever the process ends, a due time
    /// makes one build.
    ///
    /// - Parameter schedules: of one project, all due.
    /// - Returns: the build; `nil` when the schedules changed, or the times were taken already.
    @discardableResult
    public func takeDue(
        _ schedules: [ScheduleRecord], at due: Date, build: NewBuild
    ) async throws(StoreError) -> BuildRecord? {
        let time = now()
        let made = try await database.write { db -> MadeBuild? in
            var taken = build
            taken.hooks = []
            for record in schedules {
                try db.run(
                    """
                    UPDATE schedule SET lastDueAt = ?1
                    WHERE projectID = ?2 AND hook = ?3 AND cron = ?4 AND lastDueAt < ?1
                    """, [due.milliseconds, record.projectID, record.hook.description, record.cron])
                if db.changesCount > 0 { taken.hooks += build.hooks.filter { $0.id == record.hook } }
            }
            return taken.hooks.isEmpty ? nil : try db.make(taken, at: time)
        }
        notify(made?.topics ?? [])
        return made?.build
    }
}

extension ScheduleRecord {
    init(_ columns: inout Columns) throws {
        self.init(
            projectID: try columns.next(), hook: try columns.value { HookID($0) }, cron: try columns.next(),
            lastDueAt: try columns.date())
    }
}
