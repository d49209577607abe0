import Foundation
internal import GRDB
import Model

extension Store {
    /// Whose roles a reading is about.
    public enum RoleScope: Sendable, Hashable {
        /// A project.
        case project(Int64)
        /// The admin repository.
        case adminRepository

        var row: Int64 {
            switch self {
            case .project(let id): id
            case .adminRepository: 0
            }
        }
    }

    /// The accounts that GitHub lets do something in the project, by login.
    public func roles(_ projectID: Int64) async throws(StoreError) -> [RoleRecord] {
        try await database.read { db in
            try db.all(
                "SELECT personID, login, level FROM role WHERE projectID = ? ORDER BY lower(login)", [projectID],
                RoleRecord.init)
        }
    }

    /// Replaces what is known of a project's roles.
    ///
    /// - Parameter fulfils: `wanted` as it was when the reading began: later wishes need another reading.
    public func saveRoles(_ projectID: Int64, _ roles: [RoleRecord], fulfils: Int64) async throws(StoreError) {
        let time = now()
        let isChange = try await database.write { db in
            try db.noteReading(.project(projectID), at: time, fulfils: fulfils)
            let known = try db.all(
                "SELECT personID, login, level FROM role WHERE projectID = ?", [projectID], RoleRecord.init)
            guard Set(known) != Set(roles) else { return false }
            try db.run("DELETE FROM role WHERE projectID = ?", [projectID])
            for role in roles {
                try db.run(
                    "INSERT OR REPLACE INTO role (projectID, personID, login, level) VALUES (?, ?, ?, ?)",
                    [projectID, role.personID, role.login, role.level.rawValue])
            }
            return true
        }
        if isChange { notify([.roles]) }
    }

    /// Replaces what is known of who can read the admin repository.
    public func saveAdminReaders(
        _ repository: RepositoryName, _ readers: [RoleRecord], fulfils: Int64
    ) async throws(StoreError) {
        let time = now()
        try await database.write { db in
            try db.noteReading(.adminRepository, at: time, fulfils: fulfils)
            try db.run("DELETE FROM adminReader")
            for reader in readers {
                try db.run(
                    "INSERT OR REPLACE INTO adminReader (personID, repositoryKey, login) VALUES (?, ?, ?)",
                    [reader.personID, repository.key, reader.login])
            }
        }
        notify([.roles])
    }

    /// Remembers why roles could not be read; what was known of them stays.
    public func noteRoleProblem(_ scope: RoleScope, _ problem: String, fulfils: Int64) async throws(StoreError) {
        try await database.write { db in
            try db.run(
                """
                INSERT INTO roleReading (projectID, wanted, fulfilled, problem) VALUES (?1, ?2, ?2, ?3)
                ON CONFLICT (projectID) DO UPDATE SET fulfilled = min(wanted, ?2), problem = ?3
                """, [scope.row, fulfils, problem])
        }
    }

    /// Wishes that the roles of one are read from GitHub now.
    public func wantRoles(_ scope: RoleScope) async throws(StoreError) {
        try await database.write { db in
            try db.run(
                """
                INSERT INTO roleReading (projectID, wanted) VALUES (?, 1)
                ON CONFLICT (projectID) DO UPDATE SET wanted = wanted + 1
                """, [scope.row])
        }
        notify([.wantedRoles])
    }

    /// Wishes that all roles are read that were last read longer ago than that, in seconds. What was never read is due
    /// anyway.
    public func wantRoles(olderThan age: TimeInterval) async throws(StoreError) {
        let limit = now().addingTimeInterval(-age).milliseconds
        try await database.write { db in
            try db.run("UPDATE roleReading SET wanted = wanted + 1 WHERE readAt < ?", [limit])
        }
        notify([.wantedRoles])
    }

    /// Wishes that the roles of all projects of one owner are read, declared now or once. What was never read is due
    /// anyway.
    public func wantRoles(ofOwner owner: String) async throws(StoreError) {
        try await database.write { db in
            try db.run(
                """
                UPDATE roleReading SET wanted = wanted + 1
                WHERE projectID IN (SELECT id FROM project WHERE repositoryKey > ? AND repositoryKey < ?)
                """, Self.names(ofOwner: owner))
        }
        notify([.wantedRoles])
    }

    /// Wishes that all declared projects of one owner are compared with GitHub now.
    public func wantSyncs(ofOwner owner: String) async throws(StoreError) {
        try await database.write { db in
            try db.run(
                """
                INSERT OR IGNORE INTO wantedSync (projectID)
                SELECT id FROM project WHERE isActive AND repositoryKey > ? AND repositoryKey < ?
                """, Self.names(ofOwner: owner))
        }
        notify([.wantedSync])
    }

    /// The keys between which all repositories of an owner are: `0` follows `/`.
    private static func names(ofOwner owner: String) -> StatementArguments {
        [owner.lowercased() + "/", owner.lowercased() + "0"]
    }

    /// All projects, declared now or once, with their last readings.
    public func roleTargets() async throws(StoreError) -> [RoleTarget] {
        try await database.read { db in
            try db.all(
                """
                SELECT project.id, repository, isActive, githubID, readAt, coalesce(wanted, 0),
                    coalesce(fulfilled, 0), problem
                FROM project LEFT JOIN roleReading ON roleReading.projectID = project.id
                ORDER BY repositoryKey
                """
            ) { columns in
                RoleTarget(
                    projectID: try columns.next(), repository: try columns.value { RepositoryName($0) },
                    isActive: try columns.next(), githubID: try columns.next(), reading: try RoleReading(&columns))
            }
        }
    }

    /// When the roles of one were read.
    public func roleReading(_ scope: RoleScope) async throws(StoreError) -> RoleReading {
        try await database.read { db in
            try db.first(
                "SELECT readAt, wanted, fulfilled, problem FROM roleReading WHERE projectID = ?", [scope.row],
                RoleReading.init)
        } ?? RoleReading()
    }

    /// Wishes that a project is compared with GitHub now.
    public func wantSync(_ projectID: Int64) async throws(StoreError) {
        try await database.write { db in
            try db.run("INSERT OR IGNORE INTO wantedSync (projectID) VALUES (?)", [projectID])
        }
        notify([.wantedSync])
    }

    /// The projects whose comparison was wished for; each wish is given out once. One that a crash then loses is
    /// fulfilled by the start after it, which compares all of them.
    public func takeWantedSyncs() async throws(StoreError) -> [Int64] {
        try await database.write { db in
            let ids = try db.all("SELECT projectID FROM wantedSync ORDER BY projectID") { try $0.next(Int64.self) }
            if !ids.isEmpty { try db.run("DELETE FROM wantedSync") }
            return ids
        }
    }
}

extension Database {
    fileprivate func noteReading(_ scope: Store.RoleScope, at time: Date, fulfils: Int64) throws {
        try run(
            """
            INSERT INTO roleReading (projectID, readAt, wanted, fulfilled) VALUES (?1, ?2, ?3, ?3)
            ON CONFLICT (projectID) DO UPDATE SET readAt = ?2, fulfilled = min(wanted, ?3), problem = NULL
            """, [scope.row, time.milliseconds, fulfils])
    }
}

extension RoleRecord {
    init(_ columns: inout Columns) throws {
        self.init(
            personID: try columns.next(), login: try columns.next(),
            level: try columns.value(PermissionLevel.init(rawValue:)))
    }
}

extension RoleReading {
    init(_ columns: inout Columns) throws {
        self.init(
            readAt: try columns.dateIfAny(), wanted: try columns.next(), fulfilled: try columns.next(),
            problem: try columns.next())
    }
}
