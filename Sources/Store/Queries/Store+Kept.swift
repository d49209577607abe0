import Foundation
internal import GRDB
import Model

/// A job whose containers stay although it ended.
public struct KeptJob: Sendable, Hashable {
    /// The job.
    public var jobID: Int64
    /// Its attempt.
    public var attempt: Int
}

extension Store {
    /// Keeps the containers of a job that is about to end. When more than `most` jobs of the server have theirs, those go
    /// first that would go first anyway.
    public func keepContainers(_ jobID: Int64, until: Date, most: Int) async throws(StoreError) {
        try await database.write { db in
            try db.run("UPDATE job SET keptUntil = ? WHERE id = ?", [until.milliseconds, jobID])
            try db.run(
                """
                UPDATE job SET keptUntil = NULL WHERE id IN (
                    SELECT id FROM job WHERE keptUntil IS NOT NULL AND id <> ?
                    ORDER BY keptUntil DESC LIMIT -1 OFFSET ?)
                """, [jobID, max(0, most - 1)])
        }
    }

    /// The ended jobs whose containers stay; those whose time is over are forgotten.
    public func keptJobs() async throws(StoreError) -> Set<KeptJob> {
        let time = now().milliseconds
        return try await database.write { db in
            try db.run("UPDATE job SET keptUntil = NULL WHERE keptUntil IS NOT NULL AND keptUntil <= ?", [time])
            return Set(
                try db.all("SELECT id, attempt FROM job WHERE keptUntil IS NOT NULL") { columns in
                    KeptJob(jobID: try columns.next(), attempt: try columns.next())
                })
        }
    }
}
