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

    /// Keeps who wrote the lines of a file.
    ///
    /// - Parameter object: the file's content, by its id in git.
    public func saveConfigHistory(
        _ path: String, object: String, _ history: FileHistory
    ) async throws(StoreError) {
        try await database.write { db in
            try db.run(
                """
                INSERT INTO configFile (path, object, history) VALUES (?1, ?2, ?3)
                ON CONFLICT (path) DO UPDATE SET object = ?2, history = ?3
                """, [path, object, try JSONColumn.text(history)])
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

    /// A project's settings with their places and who wrote them, and the commit that the lines are of; `nil` when they
    /// were not looked at yet.
    public func projectSettings(
        _ projectID: Int64
    ) async throws(StoreError) -> (commit: String, values: [ExplainedValue])? {
        try await database.read { db in
            let row = try db.first("SELECT sha, value FROM projectSettings WHERE projectID = ?", [projectID]) {
                columns in
                (commit: try columns.next(String.self), text: try columns.next(String.self))
            }
            guard let row else { return nil }
            let values = try JSONDecoder().decode([ExplainedValue].self, from: Data(row.text.utf8))
            var histories: [String: FileHistory] = [:]
            for file in Set(values.flatMap(\.files)) {
                let text = try db.first("SELECT history FROM configFile WHERE path = ?", [file]) { columns in
                    try columns.next(String.self)
                }
                histories[file] = try text.map { try JSONDecoder().decode(FileHistory.self, from: Data($0.utf8)) }
            }
            return (row.commit, values.map { value in value.dated { histories[$0] } })
        }
    }
}
