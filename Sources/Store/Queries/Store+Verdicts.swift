import Foundation
internal import GRDB
import Model

extension Store {
    /// Remembers what a running job's verdict will hold for.
    public func recordVerdictKey(_ jobID: Int64, _ key: String) async throws(StoreError) {
        try await database.write { db in
            try db.run("UPDATE job SET verdictKey = ? WHERE id = ? AND state = 'running'", [key, jobID])
        }
    }

    /// The first build in which a job with that key ran and passed.
    public func passedBuild(
        _ projectID: Int64, _ hook: HookID, verdictKey: String
    ) async throws(StoreError) -> BuildRecord? {
        try await database.read { db in
            try db.first(
                """
                SELECT \(BuildRecord.columns) FROM job CROSS JOIN build ON build.id = job.buildID
                WHERE job.projectID = ? AND job.hook = ? AND job.verdictKey = ? AND job.verdictKey IS NOT NULL
                    AND job.state = 'success' AND job.exitCode IS NOT NULL
                ORDER BY job.id LIMIT 1
                """, [projectID, hook.description, verdictKey], BuildRecord.init)
        }
    }
}
