import Foundation
internal import GRDB

extension Store {
    /// How many repaired differences are kept for each project.
    private static let kept = 200

    /// Says which differences that nobody asked for a project has now. New ones are recorded; those that were open and
    /// are not among them count as healed.
    ///
    /// - Returns: the new ones.
    @discardableResult
    public func setDrift(
        _ projectID: Int64, _ differences: [DriftDifference]
    ) async throws(StoreError) -> [DriftDifference] {
        let time = now().milliseconds
        let (found, isChange) = try await database.write { db in
            var gone = try db.all(
                "SELECT \(DriftRecord.columns) FROM drift WHERE projectID = ? AND healedAt IS NULL", [projectID],
                DriftRecord.init)
            var found: [DriftDifference] = []
            for difference in differences {
                if let position = gone.firstIndex(where: { $0.difference == difference }) {
                    gone.remove(at: position)
                } else if !found.contains(difference) {
                    found.append(difference)
                }
            }
            for record in gone { try db.run("UPDATE drift SET healedAt = ? WHERE id = ?", [time, record.id]) }
            for new in found {
                try db.run(
                    """
                    INSERT INTO drift (projectID, object, field, old, new, foundAt) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """, [projectID, new.object, new.field, new.old, new.new, time])
            }
            if !gone.isEmpty {
                try db.run(
                    """
                    DELETE FROM drift WHERE projectID = ?1 AND healedAt IS NOT NULL AND id NOT IN
                        (SELECT id FROM drift WHERE projectID = ?1 ORDER BY id DESC LIMIT ?2)
                    """, [projectID, Self.kept])
            }
            return (found, !found.isEmpty || !gone.isEmpty)
        }
        if isChange { notify([.projects]) }
        return found
    }

    /// The differences of a project, newest first, those that are healed too.
    public func drift(_ projectID: Int64, limit: Int = 50) async throws(StoreError) -> [DriftRecord] {
        try await database.read { db in
            try db.all(
                "SELECT \(DriftRecord.columns) FROM drift WHERE projectID = ? ORDER BY id DESC LIMIT ?",
                [projectID, limit], DriftRecord.init)
        }
    }

    /// The differences that are there now, of all projects, oldest first.
    public func openDrift() async throws(StoreError) -> [DriftRecord] {
        try await database.read { db in
            try db.all(
                "SELECT \(DriftRecord.columns) FROM drift INDEXED BY drift_open WHERE healedAt IS NULL ORDER BY id", [],
                DriftRecord.init)
        }
    }
}

extension Database {
    /// Whether a project has differences now.
    func hasOpenDrift(_ projectID: Int64) throws -> Bool {
        try first("SELECT 1 FROM drift WHERE projectID = ? AND healedAt IS NULL LIMIT 1", [projectID]) {
            try $0.next(Int.self)
        } != nil
    }
}

extension DriftRecord {
    static let columns = "id, projectID, object, field, old, new, foundAt, healedAt"

    init(_ columns: inout Columns) throws {
        self.init(
            id: try columns.next(), projectID: try columns.next(),
            difference: DriftDifference(
                object: try columns.next(), field: try columns.next(), old: try columns.next(),
                new: try columns.next()),
            foundAt: try columns.date(), healedAt: try columns.dateIfAny())
    }
}
