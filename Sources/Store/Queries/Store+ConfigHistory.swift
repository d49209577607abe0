import Foundation
internal import GRDB
import Model

extension Store {
    /// The content that each file of the admin repository had when its history was looked at, by path.
    public func knownConfigFiles() async throws(StoreError) -> [String: String] {
        try await database.read { db in
            let rows = try db.all("SELECT path, object FROM configFile") { columns in
                (path: try columns.next(String.self), object: try columns.next(String.self))
            }
            return Dictionary(rows.map { ($0.path, $0.object) }) { first, _ in first }
        }
    }

    /// Remembers the content of files. Of one that changed it is no longer known who wrote its lines.
    ///
    /// - Parameters:
    ///   - objects: the files' content by path, by its id in git.
    ///   - areWanted: whether somebody shall look at once.
    public func saveConfigFiles(_ objects: [String: String], areWanted: Bool) async throws(StoreError) {
        guard !objects.isEmpty else { return }
        try await database.write { db in
            let nothing = try JSONColumn.text(FileHistory(parts: [], changes: []))
            for (path, object) in objects {
                try db.run(
                    """
                    INSERT INTO configFile (path, object, history, progress) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT (path) DO UPDATE SET object = ?2, history = ?3, progress = ?4 WHERE object <> ?2
                    """, [path, object, nothing, areWanted ? "wanted" : "unknown"])
            }
        }
    }

    /// Asks for the histories of files, where they are not known.
    public func wantConfigHistories(_ paths: [String]) async throws(StoreError) {
        guard !paths.isEmpty else { return }
        let isChange = try await database.write { db in
            var count = 0
            for path in paths {
                try db.run(
                    "UPDATE configFile SET progress = 'wanted' WHERE path = ? AND progress = 'unknown'", [path])
                count += db.changesCount
            }
            return count > 0
        }
        if isChange { notify([.configHistories]) }
    }

    /// The files whose histories somebody waits for, with their content.
    public func wantedConfigHistories() async throws(StoreError) -> [(path: String, object: String)] {
        try await database.read { db in
            try db.all("SELECT path, object FROM configFile WHERE progress = 'wanted' ORDER BY path") { columns in
                (path: try columns.next(String.self), object: try columns.next(String.self))
            }
        }
    }

    /// Keeps who wrote the lines of a file, unless its content is another one by now.
    ///
    /// - Parameter object: the content that was looked at.
    public func saveConfigHistory(
        _ path: String, object: String, _ history: FileHistory
    ) async throws(StoreError) {
        try await database.write { db in
            try db.run(
                "UPDATE configFile SET history = ?, progress = 'known' WHERE path = ? AND object = ?",
                [try JSONColumn.text(history), path, object])
        }
    }

    /// Forgets files that are gone.
    public func removeConfigHistories(_ paths: [String]) async throws(StoreError) {
        guard !paths.isEmpty else { return }
        try await database.write { db in
            for path in paths { try db.run("DELETE FROM configFile WHERE path = ?", [path]) }
        }
    }

    /// Keeps where the settings of projects stand. Rows that would stay the same keep their commit, whose lines are the
    /// same too.
    ///
    /// - Parameter commit: the revision that the places are of.
    public func saveProjectSettings(
        _ settings: [(repository: RepositoryName, values: [ExplainedValue])], commit: String
    ) async throws(StoreError) {
        let rows: [(String, String)]
        do {
            rows = try settings.map { ($0.repository.key, try JSONColumn.text($0.values)) }
        } catch {
            throw StoreError.failed("\(error)")
        }
        try await database.write { db in
            for (key, value) in rows {
                try db.run(
                    """
                    INSERT INTO projectSettings (projectID, sha, value)
                    SELECT id, ?2, ?3 FROM project WHERE repositoryKey = ?1
                    ON CONFLICT (projectID) DO UPDATE SET sha = ?2, value = ?3 WHERE value <> ?3
                    """, [key, commit, value])
            }
        }
    }

    /// A project's settings with their places and who wrote them as far as that is known, and the commit that the lines are
    /// of; `nil` when they were not looked at yet. `unknown` are the files whose writers are not known.
    public func projectSettings(
        _ projectID: Int64
    ) async throws(StoreError) -> (commit: String, values: [ExplainedValue], unknown: [String])? {
        try await database.read { db in
            let row = try db.first("SELECT sha, value FROM projectSettings WHERE projectID = ?", [projectID]) {
                columns in
                (commit: try columns.next(String.self), text: try columns.next(String.self))
            }
            guard let row else { return nil }
            let values = try JSONDecoder().decode([ExplainedValue].self, from: Data(row.text.utf8))
            var histories: [String: FileHistory] = [:]
            var unknown: [String] = []
            for file in Set(values.flatMap(\.files)).sorted() {
                let row = try db.first("SELECT history, progress FROM configFile WHERE path = ?", [file]) { columns in
                    (history: try columns.next(String.self), progress: try columns.next(String.self))
                }
                guard let row else { continue }
                if row.progress != "known" { unknown.append(file) }
                histories[file] = try JSONDecoder().decode(FileHistory.self, from: Data(row.history.utf8))
            }
            return (row.commit, values.map { value in value.dated { histories[$0] } }, unknown)
        }
    }
}
