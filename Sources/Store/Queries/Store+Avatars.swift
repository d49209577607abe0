import Foundation
internal import GRDB
import Model

/// How many pictures of authors are kept, and for how long.
public struct AvatarLimits: Sendable {
    /// How many accounts; those that nobody looked at for the longest time go first.
    public var most = 1000
    /// How long one answer counts.
    public var validity: TimeInterval = 86_400

    /// The usual ones.
    public init() {}
}

extension Store {
    /// The picture of somebody who wrote a build of the project; `nil` when there is none, and for everybody else, so that
    /// the pictures do not tell who works on what. Says that it is in use.
    public func avatar(_ login: AccountName, of projectID: Int64) async throws(StoreError) -> AvatarPicture? {
        let time = now()
        let found = try await database.read { db in
            try db.first(
                """
                SELECT type, tag, picture, usedAt FROM avatar WHERE login = ?1 AND picture IS NOT NULL AND EXISTS
                    (SELECT 1 FROM build WHERE projectID = ?2 AND authorLogin = ?1 COLLATE NOCASE
                        AND authorLogin IS NOT NULL)
                """, [login.description, projectID]
            ) { columns in
                (
                    picture: AvatarPicture(
                        type: try columns.next(), tag: try columns.next(),
                        bytes: [UInt8](try columns.next(Data.self))), usedAt: try columns.date()
                )
            }
        }
        guard let found else { return nil }
        // A write an hour at most: a page is read much more often than a picture changes.
        if time.timeIntervalSince(found.usedAt) > 3600 {
            try await database.write { db in
                try db.run("UPDATE avatar SET usedAt = ? WHERE login = ?", [time.milliseconds, login.description])
            }
            notify([.avatars])
        }
        return found.picture
    }

    /// The tags of the pictures that there are, by login in lower case.
    public func avatarTags(_ logins: Set<AccountName>) async throws(StoreError) -> [String: String] {
        guard !logins.isEmpty else { return [:] }
        let names = logins.map(\.description)
        return try await database.read { db in
            let found = try db.all(
                """
                SELECT lower(avatar.login), tag FROM json_each(?) AS asked
                JOIN avatar ON avatar.login = asked.value WHERE tag IS NOT NULL
                """, [JSONColumn.text(names)]
            ) { columns in (login: try columns.next(String.self), tag: try columns.next(String.self)) }
            return Dictionary(found.map { ($0.login, $0.tag) }) { first, _ in first }
        }
    }

    /// The pictures to ask for now: those that were never asked for, and those that were looked at since their answer grew
    /// old.
    public func dueAvatars(limit: Int) async throws(StoreError) -> [DueAvatar] {
        let time = now()
        return try await database.read { db in
            try db.all(
                """
                SELECT login, repository, address, etag, failures FROM avatar INDEXED BY avatar_due
                JOIN project ON project.id = avatar.projectID
                WHERE nextTryAt <= ? AND usedAt >= coalesce(checkedAt, 0) ORDER BY nextTryAt LIMIT ?
                """, [time.milliseconds, limit]
            ) { columns in
                let login = try columns.value { AccountName($0) }
                let repository = try columns.value { RepositoryName($0) }
                let address: String? = try columns.next()
                let etag: String? = try columns.next()
                var known: AvatarVersion?
                if let address, let etag { known = AvatarVersion(address: address, etag: etag) }
                return DueAvatar(
                    login: login, repository: repository, known: known, failures: try columns.next())
            }
        }
    }

    /// Keeps what asking for a picture came to.
    ///
    /// - Parameter pause: until it is asked for again after a failure.
    public func noteAvatar(
        _ login: AccountName, _ news: AvatarNews, pause: TimeInterval = 0, limits: AvatarLimits = AvatarLimits()
    ) async throws(StoreError) {
        let time = now()
        let next = time.addingTimeInterval(news == .failed ? pause : limits.validity).milliseconds
        try await database.write { db in
            switch news {
            case .picture(let picture, let version):
                try db.run(
                    """
                    UPDATE avatar SET type = ?, tag = ?, picture = ?, address = ?, etag = ?, failures = 0,
                        checkedAt = ?, nextTryAt = ? WHERE login = ?
                    """,
                    [
                        picture.type, picture.tag, Data(picture.bytes), version?.address, version?.etag,
                        time.milliseconds, next, login.description,
                    ])
            case .unchanged:
                try db.run(
                    "UPDATE avatar SET failures = 0, checkedAt = ?, nextTryAt = ? WHERE login = ?",
                    [time.milliseconds, next, login.description])
            case .nothing:
                try db.run(
                    """
                    UPDATE avatar SET type = NULL, tag = NULL, picture = NULL, address = NULL, etag = NULL,
                        failures = 0, checkedAt = ?, nextTryAt = ? WHERE login = ?
                    """, [time.milliseconds, next, login.description])
            case .failed:
                try db.run(
                    "UPDATE avatar SET failures = failures + 1, nextTryAt = ? WHERE login = ?",
                    [next, login.description])
            }
            try db.run(
                """
                DELETE FROM avatar WHERE login IN
                    (SELECT login FROM avatar ORDER BY usedAt DESC, login LIMIT -1 OFFSET ?)
                """, [limits.most])
        }
    }
}

extension Database {
    /// Says that the picture of an author will be looked at.
    ///
    /// - Returns: whether it is to be asked for now.
    func wantAvatar(_ login: AccountName, of projectID: Int64, at time: Date) throws -> Bool {
        try first(
            """
            INSERT INTO avatar (login, projectID, usedAt, nextTryAt) VALUES (?1, ?2, ?3, ?3)
            ON CONFLICT (login) DO UPDATE SET projectID = excluded.projectID, usedAt = excluded.usedAt
            RETURNING nextTryAt <= ?3
            """, [login.description, projectID, time.milliseconds]
        ) { columns in try columns.next(Bool.self) } ?? false
    }
}
