import Foundation
internal import GRDB
import Model

/// A job and its build, read from a store that is not open.
public struct PeekedJob: Sendable {
    /// The job's last attempt.
    public var job: JobRecord
    /// Its build.
    public var build: BuildRecord
}

extension Store {
    /// Reads a job without opening the store: also while another process works with it.
    ///
    /// - Returns: `nil` when there is no database in that folder, or no such job in it.
    public static func peek(
        dataDirectory: String, repository: RepositoryName, number: Int, hook: HookID
    ) async throws(StoreError) -> PeekedJob? {
        let path = dataDirectory + "/kozmic.sqlite"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try await DatabaseFile.openForReading(path: path)
        let result: Result<PeekedJob?, StoreError>
        do {
            result = .success(
                try await file.read { db in
                    try db.first(
                        """
                        SELECT \(JobRecord.columns), \(BuildRecord.columns) FROM project
                        CROSS JOIN build ON build.projectID = project.id CROSS JOIN job ON job.buildID = build.id
                        WHERE project.repositoryKey = ? AND build.number = ? AND job.hook = ?
                        ORDER BY job.attempt DESC LIMIT 1
                        """, [repository.key, number, hook.description]
                    ) { columns in PeekedJob(job: try JobRecord(&columns), build: try BuildRecord(&columns)) }
                })
        } catch {
            result = .failure(error)
        }
        await file.close()
        return try result.get()
    }
}
