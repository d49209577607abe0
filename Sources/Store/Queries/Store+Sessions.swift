import Foundation
internal import GRDB
import Model

extension Store {
    /// Remembers a person and the session that begins. What has expired is forgotten on the way.
    ///
    /// - Parameter hash: SHA-256 of what the browser keeps.
    public func signIn(
        _ person: PersonRecord, session hash: [UInt8], lifetime: SessionLifetime = .standard
    ) async throws(StoreError) {
        let time = now()
        try await database.write { db in
            try db.forgetExpiredSessions(at: time, lifetime)
            try db.run(
                """
                INSERT INTO person (id, login, name, sealedToken, checkedAt) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET login = excluded.login, name = excluded.name,
                    sealedToken = excluded.sealedToken, checkedAt = excluded.checkedAt
                """,
                [
                    person.id, person.login, person.name, person.sealedToken.map { Data($0) },
                    person.checkedAt.milliseconds,
                ])
            let expiry = time.addingTimeInterval(lifetime.absolute)
            try db.run(
                "INSERT INTO session (hash, personID, createdAt, seenAt, expiresAt) VALUES (?, ?, ?, ?, ?)",
                [Data(hash), person.id, time.milliseconds, time.milliseconds, expiry.milliseconds])
        }
    }

    /// The session with that hash, with what its person may do; `nil` when there is none or it has expired.
    ///
    /// - Parameter adminRepository: what `readsAdminRepository` is about.
    public func session(
        _ hash: [UInt8], adminRepository: RepositoryName?, lifetime: SessionLifetime = .standard
    ) async throws(StoreError) -> SessionRecord? {
        let time = now()
        return try await database.read { db in
            let found = try db.first(
                """
                SELECT session.hash, person.id, person.login, person.name, session.createdAt, session.seenAt
                FROM session JOIN person ON person.id = session.personID
                WHERE session.hash = ? AND session.expiresAt > ? AND session.seenAt > ?
                """,
                [
                    Data(hash), time.milliseconds, time.addingTimeInterval(-lifetime.idle).milliseconds,
                ], SessionRecord.init)
            guard var session = found else { return nil }
            try db.addRoles(to: &session, adminRepository: adminRepository)
            return session
        }
    }

    /// Says that a session is in use.
    public func noteSessionUse(_ hash: [UInt8]) async throws(StoreError) {
        let time = now()
        try await database.write { db in
            try db.run("UPDATE session SET seenAt = ? WHERE hash = ?", [time.milliseconds, Data(hash)])
        }
    }

    /// The sessions of a person, the newest first; without what the person may do.
    public func sessions(
        ofPerson id: Int64, lifetime: SessionLifetime = .standard
    ) async throws(StoreError) -> [SessionRecord] {
        let time = now()
        return try await database.read { db in
            try db.all(
                """
                SELECT session.hash, person.id, person.login, person.name, session.createdAt, session.seenAt
                FROM session JOIN person ON person.id = session.personID
                WHERE session.personID = ? AND session.expiresAt > ? AND session.seenAt > ?
                ORDER BY session.createdAt DESC
                """, [id, time.milliseconds, time.addingTimeInterval(-lifetime.idle).milliseconds],
                SessionRecord.init)
        }
    }

    /// Ends a session.
    public func endSession(_ hash: [UInt8]) async throws(StoreError) {
        try await database.write { db in
            try db.run("DELETE FROM session WHERE hash = ?", [Data(hash)])
            try db.forgetTokensWithoutSession()
        }
    }

    /// Ends all sessions of a person and forgets the person's token.
    public func endSessions(ofPerson id: Int64) async throws(StoreError) {
        try await database.write { db in
            try db.run("DELETE FROM session WHERE personID = ?", [id])
            try db.forgetTokensWithoutSession()
        }
    }

    /// The people who are signed in and whose tokens were last accepted by GitHub before that time.
    public func peopleToCheck(
        before time: Date, lifetime: SessionLifetime = .standard
    ) async throws(StoreError) -> [PersonRecord] {
        let now = now()
        return try await database.write { db in
            try db.forgetExpiredSessions(at: now, lifetime)
            return try db.all(
                """
                SELECT id, login, name, sealedToken, checkedAt FROM person
                WHERE sealedToken IS NOT NULL AND checkedAt < ? ORDER BY checkedAt
                """, [time.milliseconds], PersonRecord.init)
        }
    }

    /// Remembers that GitHub accepted a person's token, and what the account is called now.
    public func noteChecked(_ id: Int64, login: String, name: String?) async throws(StoreError) {
        let time = now()
        try await database.write { db in
            try db.run(
                "UPDATE person SET login = ?, name = ?, checkedAt = ? WHERE id = ?",
                [login, name, time.milliseconds, id])
        }
    }
}

extension Database {
    fileprivate func forgetExpiredSessions(at time: Date, _ lifetime: SessionLifetime) throws {
        try run("DELETE FROM session WHERE expiresAt <= ?", [time.milliseconds])
        try run(
            "DELETE FROM session WHERE seenAt <= ?", [time.addingTimeInterval(-lifetime.idle).milliseconds])
        try forgetTokensWithoutSession()
    }

    /// A token that nobody needs is one that nobody can lose.
    fileprivate func forgetTokensWithoutSession() throws {
        try run("DELETE FROM person WHERE NOT EXISTS (SELECT 1 FROM session WHERE session.personID = person.id)")
    }
}

extension SessionRecord {
    init(_ columns: inout Columns) throws {
        self.init(
            hash: [UInt8](try columns.next(Data.self)), personID: try columns.next(), login: try columns.next(),
            name: try columns.next(), createdAt: try columns.date(), seenAt: try columns.date(), levels: [:],
            readsAdminRepository: false)
    }
}

extension PersonRecord {
    init(_ columns: inout Columns) throws {
        self.init(
            id: try columns.next(), login: try columns.next(), name: try columns.next(),
            sealedToken: try columns.next(Data?.self).map { [UInt8]($0) }, checkedAt: try columns.date())
    }
}
