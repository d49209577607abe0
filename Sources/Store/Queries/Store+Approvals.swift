import Foundation
internal import GRDB
import Model

extension Store {
    /// Lets the jobs of a build run that wait for it, and those of its commit that come later. Another commit of the same
    /// pull request waits anew.
    ///
    /// - Parameter login: who approves; that this person may do so is the caller's business.
    /// - Returns: the build.
    /// - Throws: `notFound`; `conflict` when it does not wait.
    @discardableResult
    public func approve(_ buildID: Int64, by login: String) async throws(StoreError) -> BuildRecord {
        let time = now()
        let (build, topics) = try await database.write { db -> (BuildRecord, [ChangeSignal.Topic]) in
            guard let found = try db.build(buildID) else { throw StoreError.notFound("build \(buildID)") }
            try db.run(
                """
                UPDATE build SET approvedBy = ?
                WHERE id = ? AND needsApproval AND approvedBy IS NULL AND state IN ('queued', 'running')
                """, [login, buildID])
            guard db.changesCount > 0, let build = try db.build(buildID) else {
                throw StoreError.conflict("build #\(found.number) does not wait for an approval")
            }
            let jobs = try db.all("SELECT id FROM job WHERE buildID = ?", [buildID]) { columns in
                try columns.next(Int64.self)
            }
            return (build, try db.refreshBuild(buildID, at: time) + jobs.map { .job($0) })
        }
        notify(topics)
        return build
    }
}
