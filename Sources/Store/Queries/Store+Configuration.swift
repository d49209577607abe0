import Foundation
internal import GRDB
import Model

extension Store {
    /// Makes the projects what the admin repository says, in one transaction.
    ///
    /// A project that is new, came back or has another configuration becomes active and `reconciling`; all others are
    /// not touched. One that is no longer declared becomes inactive and keeps its history, unless its file is broken or
    /// some file is so broken that nobody knows whose it is.
    ///
    /// - Parameter revision: where the state comes from; its `appliedAt` is set when it is `nil`.
    @discardableResult
    public func applyConfig(
        _ desired: DesiredState, revision: ConfigRevision
    ) async throws(StoreError) -> ConfigChanges {
        let time = now()
        var applied = revision
        applied.appliedAt = revision.appliedAt ?? time
        let stored = applied
        let memory = appliedProjects
        let hashes = Dictionary(desired.projects.map { ($0.repository.key, AppliedProjects.hash($0)) }) { $1 }
        let (changed, generation) = try await database.write { db in
            let (same, generation) = memory.begin()
            try db.save(stored)
            if !desired.hasBrokenSettings { try db.save(desired.server) }
            var changes = ConfigChanges()
            var known = try KnownProject.all(db)
            for project in desired.projects {
                let key = project.repository.key
                let row = known.removeValue(forKey: key)
                if let row, row.isActive, let hash = same[key], hash == hashes[key] { continue }
                let text = try JSONColumn.text(project)
                if let row, row.isActive, try db.config(row.id) == text { continue }
                changes.changed.append(
                    try db.declare(project, text, id: row?.id, commit: stored.commit, time: time.milliseconds))
            }
            let broken = Set(desired.broken.map(\.key))
            let kept = known.filter { $1.isActive && (desired.hasUnreadableFile || broken.contains($0)) }
            try db.keep(kept.values.map(\.id), since: time.milliseconds)
            for (key, row) in known where row.isActive && kept[key] == nil {
                try db.run(
                    """
                    UPDATE project SET isActive = 0, configCommit = ?, condition = 'reconciling',
                        conditionReason = 'no longer declared', conditionSince = ?, failedTries = 0, retryAt = NULL
                    WHERE id = ?
                    """, [stored.commit, time.milliseconds, row.id])
                changes.removed.append(row.id)
            }
            changes.removed.sort()
            return (changes, generation)
        }
        memory.finish(generation, hashes)
        notify([.config, .projects])
        return changed
    }

    /// Remembers a revision that was read but not applied, because it is held or has errors.
    public func saveRevision(_ revision: ConfigRevision) async throws(StoreError) {
        try await database.write { db in try db.save(revision) }
        notify([.config])
    }

    /// Remembers trouble with reaching or reading the admin repository until `nil`, or the next revision, takes it back.
    public func noteConfigProblem(_ message: String?) async throws(StoreError) {
        let time = now().milliseconds
        let isChange = try await database.write { db in
            let old = try String.fetchOne(db.cachedStatement(sql: "SELECT message FROM configProblem"))
            guard old != message else { return false }
            try db.run("DELETE FROM configProblem")
            if let message {
                try db.run("INSERT INTO configProblem (id, message, since) VALUES (1, ?, ?)", [message, time])
            }
            return true
        }
        if isChange { notify([.config]) }
    }

    /// The trouble that `noteConfigProblem` remembers; there may be some before any revision was read.
    public func configProblem() async throws(StoreError) -> ConfigProblem? {
        try await database.read { db in
            try db.first("SELECT message, since FROM configProblem") { columns in
                ConfigProblem(message: try columns.next(), since: try columns.date())
            }
        }
    }

    /// The revision that was read last. Its `error` is its own or, failing that, the trouble noted since.
    public func latestConfigRevision() async throws(StoreError) -> ConfigRevision? {
        try await database.read { db in
            var revision = try db.first(
                "SELECT \(ConfigRevision.columns) FROM configRevision ORDER BY id DESC LIMIT 1", [],
                ConfigRevision.init)
            if revision != nil, revision?.error == nil {
                revision?.error = try String.fetchOne(db.cachedStatement(sql: "SELECT message FROM configProblem"))
            }
            return revision
        }
    }
}

/// What `applyConfig` compares with.
private struct KnownProject {
    let id: Int64
    let isActive: Bool

    /// By the repository's key.
    static func all(_ db: Database) throws -> [String: KnownProject] {
        let rows = try db.all("SELECT repositoryKey, id, isActive FROM project") { columns in
            (
                key: try columns.next(String.self),
                KnownProject(id: try columns.next(), isActive: try columns.next())
            )
        }
        return Dictionary(rows.map { ($0.key, $0.1) }) { first, _ in first }
    }
}

extension Database {
    /// Writes over the latest revision when it is the same commit read again; a commit that comes back later is new.
    fileprivate func save(_ revision: ConfigRevision) throws {
        let latest = try first("SELECT id, sha FROM configRevision ORDER BY id DESC LIMIT 1") { columns in
            (id: try columns.next(Int64.self), commit: try columns.next(String.self))
        }
        let values: StatementArguments = [
            revision.commit, revision.authorName, revision.committedAt.milliseconds, revision.message,
            revision.readAt.milliseconds, revision.appliedAt?.milliseconds, revision.diagnosticsJSON, revision.error,
        ]
        if let latest, latest.commit == revision.commit {
            try run(
                """
                UPDATE configRevision SET sha = ?, authorName = ?, committedAt = ?, message = ?, readAt = ?,
                    appliedAt = ?, diagnostics = ?, error = ? WHERE id = ?
                """, values + [latest.id])
        } else {
            try run(
                "INSERT INTO configRevision (\(ConfigRevision.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        }
        try run("DELETE FROM configProblem")
    }

    /// Marks exactly these projects as kept at their last good state.
    fileprivate func keep(_ ids: [Int64], since time: Int64) throws {
        let list = String(decoding: try JSONEncoder().encode(ids), as: UTF8.self)
        try run(
            "UPDATE project SET keptSince = NULL WHERE keptSince IS NOT NULL AND id NOT IN (SELECT value FROM json_each(?))",
            [list])
        try run(
            "UPDATE project SET keptSince = ? WHERE keptSince IS NULL AND id IN (SELECT value FROM json_each(?))",
            [time, list])
    }

    /// What a project's row says.
    fileprivate func config(_ id: Int64) throws -> String? {
        try first("SELECT config FROM project WHERE id = ?", [id]) { try $0.next() }
    }

    /// Makes or changes a project's row and returns its number.
    fileprivate func declare(
        _ project: Project, _ config: String, id: Int64?, commit: String, time: Int64
    ) throws -> Int64 {
        if let id {
            try forgetVerdicts(of: id, exceptOf: project.hooks.map(\.id))
            try run(
                """
                UPDATE project SET repository = ?, isActive = 1, config = ?, configCommit = ?,
                    condition = 'reconciling', conditionReason = NULL, conditionSince = ?, failedTries = 0,
                    retryAt = NULL
                WHERE id = ?
                """, [project.repository.description, config, commit, time, id])
            return id
        }
        try run(
            """
            INSERT INTO project (repository, repositoryKey, isActive, config, configCommit, condition,
                conditionSince, createdAt) VALUES (?, ?, 1, ?, ?, 'reconciling', ?, ?)
            """, [project.repository.description, project.repository.key, config, commit, time, time])
        return lastInsertedRowID
    }
}
