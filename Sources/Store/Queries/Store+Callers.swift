import Foundation
internal import GRDB
import Model

extension Store {
    /// What an account may do that somebody proved to be theirs with a single request: like a session, but kept nowhere.
    ///
    /// - Parameters:
    ///   - personID: GitHub's number of the account.
    ///   - login: the account's name.
    ///   - name: the person's name, if GitHub tells it.
    ///   - adminRepository: what `readsAdminRepository` is about.
    public func caller(
        personID: Int64, login: String, name: String?, adminRepository: RepositoryName?
    ) async throws(StoreError) -> SessionRecord {
        let time = now()
        return try await database.read { db in
            var record = SessionRecord(
                hash: [], personID: personID, login: login, name: name, createdAt: time, seenAt: time, levels: [:],
                readsAdminRepository: false)
            try db.addRoles(to: &record, adminRepository: adminRepository)
            return record
        }
    }
}

extension Database {
    /// What GitHub lets the account of a session do.
    func addRoles(to session: inout SessionRecord, adminRepository: RepositoryName?) throws {
        let levels = try all("SELECT projectID, level FROM role WHERE personID = ?", [session.personID]) {
            (try $0.next(Int64.self), try $0.value(PermissionLevel.init(rawValue:)))
        }
        session.levels = Dictionary(levels) { first, _ in first }
        session.readsAdminRepository =
            try first(
                "SELECT 1 FROM adminReader WHERE personID = ? AND repositoryKey = ?",
                [session.personID, adminRepository?.key ?? ""]
            ) { try $0.next(Int.self) } != nil
    }
}
