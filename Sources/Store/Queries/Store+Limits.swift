import Foundation
internal import GRDB

/// What GitHub's limits are kept with.
extension Store {
    /// Remembers that an identity writes so often to GitHub, and forgets what was written more than an hour before.
    ///
    /// - Parameter unused: how many of those that were noted in an earlier second did not come, and that second.
    public func noteGitHubWrites(
        _ count: Int, by identity: String, at date: Date, without unused: (count: Int, second: Int64)? = nil
    ) async throws(StoreError) {
        let second = Int64(date.timeIntervalSince1970)
        try await database.write { db in
            if let unused {
                try db.run(
                    "DELETE FROM gitHubWrite WHERE identity = ? AND second = ? AND count <= ?",
                    [identity, unused.second, unused.count])
                try db.run(
                    "UPDATE gitHubWrite SET count = count - ? WHERE identity = ? AND second = ?",
                    [unused.count, identity, unused.second])
            }
            try db.run(
                """
                INSERT INTO gitHubWrite (identity, second, count) VALUES (?, ?, ?)
                ON CONFLICT (identity, second) DO UPDATE SET count = count + excluded.count
                """, [identity, second, count])
            try db.run("DELETE FROM gitHubWrite WHERE identity = ? AND second < ?", [identity, second - 3700])
        }
    }

    /// When each identity wrote to GitHub within the hour before a date; whole seconds.
    public func gitHubWrites(before date: Date) async throws(StoreError) -> [String: [Date]] {
        let since = Int64(date.timeIntervalSince1970) - 3700
        let rows = try await database.read { db in
            try db.all("SELECT identity, second, count FROM gitHubWrite WHERE second >= ? ORDER BY second", [since]) {
                (
                    identity: try $0.next(String.self), second: try $0.next(Int64.self), count: try $0.next(Int.self)
                )
            }
        }
        return rows.reduce(into: [:]) { writes, row in
            let date = Date(timeIntervalSince1970: Double(row.second))
            writes[row.identity, default: []] += Array(repeating: date, count: row.count)
        }
    }

    /// Remembers a look at all projects in place of the one before.
    public func noteFullPass(projects: Int, took duration: Duration) async throws(StoreError) {
        let time = now().milliseconds
        let milliseconds = max(0, Int64(duration / .milliseconds(1)))
        try await database.write { db in
            try db.run(
                "INSERT OR REPLACE INTO fullPass (id, projects, milliseconds, endedAt) VALUES (1, ?, ?, ?)",
                [projects, milliseconds, time])
        }
    }

    /// The latest look at all projects; `nil` before the first.
    public func lastFullPass() async throws(StoreError) -> FullPass? {
        try await database.read { db in
            try db.first("SELECT projects, milliseconds, endedAt FROM fullPass") { columns in
                FullPass(
                    projects: try columns.next(), seconds: Double(try columns.next(Int64.self)) / 1000,
                    endedAt: try columns.date())
            }
        }
    }
}
