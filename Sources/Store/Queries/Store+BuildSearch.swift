import Foundation
internal import GRDB
import Model

/// Which builds of a project are looked for; what is not said does not matter.
public struct BuildFilter: Sendable, Hashable {
    /// The ref.
    public var ref: GitRef?
    /// The state.
    public var state: BuildState?
    /// Part of the author's name or of the sender's login, in any case of letters.
    public var author: String?
    /// Part of the message or the beginning of the commit, in any case of letters.
    public var text: String?
    /// A hook that has a job in it.
    public var hook: HookID?

    /// Memberwise.
    public init(
        ref: GitRef? = nil, state: BuildState? = nil, author: String? = nil, text: String? = nil, hook: HookID? = nil
    ) {
        self.ref = ref
        self.state = state
        self.author = author
        self.text = text
        self.hook = hook
    }
}

extension Store {
    /// A page of a project's builds that fit, newest first. Walks back through the project's builds (of the ref) until the
    /// page is full, so what is rare takes longer; retention bounds it.
    ///
    /// - Parameter before: only the ones with a smaller number.
    public func builds(
        _ projectID: Int64, _ filter: BuildFilter, before: Int? = nil, limit: Int
    ) async throws(StoreError) -> [BuildRecord] {
        var conditions = ["build.projectID = ?", "build.number < ?"]
        var arguments = [projectID.databaseValue, (before ?? .max).databaseValue]
        if let ref = filter.ref {
            conditions.append("build.ref = ?")
            arguments.append(ref.description.databaseValue)
        }
        if let state = filter.state {
            conditions.append("build.state = ?")
            arguments.append(state.rawValue.databaseValue)
        }
        if let author = filter.author?.lowercaseASCII {
            conditions.append(
                "(instr(lower(build.authorName), ?) > 0 OR instr(lower(coalesce(build.sender, '')), ?) > 0)")
            arguments += [author.databaseValue, author.databaseValue]
        }
        if let text = filter.text?.lowercaseASCII {
            conditions.append("(instr(lower(build.message), ?) > 0 OR substr(build.sha, 1, ?) = ?)")
            arguments += [text.databaseValue, text.unicodeScalars.count.databaseValue, text.databaseValue]
        }
        if let hook = filter.hook {
            conditions.append("EXISTS (SELECT 1 FROM job WHERE job.buildID = build.id AND job.hook = ?)")
            arguments.append(hook.description.databaseValue)
        }
        let sql = """
            SELECT \(BuildRecord.columns) FROM build WHERE \(conditions.joined(separator: " AND "))
            ORDER BY build.number DESC LIMIT ?
            """
        let values = arguments + [limit.databaseValue]
        return try await database.read { db in
            try db.all(sql, StatementArguments(values), BuildRecord.init)
        }
    }
}

extension String {
    /// As SQLite's `lower` has it.
    fileprivate var lowercaseASCII: String {
        String(decoding: utf8.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
