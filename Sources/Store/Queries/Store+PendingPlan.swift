import Foundation
internal import GRDB

extension Store {
    /// Keeps what would change on GitHub. The same plan is not written again.
    public func savePendingPlan(_ plan: PendingPlan) async throws(StoreError) {
        try await database.write { db in
            try db.run(
                """
                INSERT INTO pendingPlan (id, value) VALUES (1, ?)
                ON CONFLICT (id) DO UPDATE SET value = excluded.value WHERE value <> excluded.value
                """, [try JSONColumn.text(plan)])
        }
    }

    /// What would change on GitHub; `nil` before the first look.
    public func pendingPlan() async throws(StoreError) -> PendingPlan? {
        try await database.read { db in
            let text = try String.fetchOne(db.cachedStatement(sql: "SELECT value FROM pendingPlan"))
            return try text.map { try JSONDecoder().decode(PendingPlan.self, from: Data($0.utf8)) }
        }
    }
}
