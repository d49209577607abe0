import Foundation
internal import GRDB
import Model

/// The outbox of mail. What has to be told is written in the transaction that ends a build; whoever sends mail makes
/// letters of it, and keeps trying until a mail server took each.
extension Store {
    /// What nobody looked at yet, oldest first.
    public func buildNews(limit: Int) async throws(StoreError) -> [BuildNews] {
        try await database.read { db in
            try db.all(
                """
                SELECT buildNews.id, buildNews.outcome, buildNews.happenedAt, buildNews.bisectionID,
                    \(BuildRecord.columns), \(ProjectRecord.columns)
                FROM buildNews CROSS JOIN build ON build.id = buildNews.buildID
                    JOIN project ON project.id = build.projectID
                ORDER BY buildNews.id LIMIT ?
                """, [limit]
            ) { columns in
                let id: Int64 = try columns.next()
                let outcome = try columns.value(MailRules.Outcome.init(rawValue:))
                let happenedAt = try columns.date()
                let bisectionID = try columns.next(Int64?.self)
                let build = try BuildRecord(&columns)
                let record = try bisectionID.flatMap { try db.bisection("bisection.id = ?", [$0]) }
                return BuildNews(
                    id: id, build: build, project: try ProjectRecord(&columns), outcome: outcome,
                    happenedAt: happenedAt, bisection: try record.map { try db.report(on: $0) },
                    authorEmail: try record.map { try db.culpritsEmail($0) } ?? build.authorEmail)
            }
        }
    }

    /// The news was looked at: these letters are to be sent, and it is not looked at again. A second call for the same
    /// news does nothing.
    ///
    /// - Parameter jobs: those whose logs the letters quote.
    /// - Returns: false when somebody deleted one of these logs meanwhile: then nothing is done, and the letters have to be
    ///   written anew.
    @discardableResult
    public func settle(
        _ news: BuildNews, with letters: [NewLetter], quoting jobs: [Int64] = []
    ) async throws(StoreError) -> Bool {
        let time = now()
        return try await database.write { db in
            guard try !db.isLogDeleted(ofAny: jobs) else { return false }
            try db.run("DELETE FROM buildNews WHERE id = ?", [news.id])
            guard db.changesCount > 0 else { return true }
            for letter in letters {
                try db.run(
                    """
                    INSERT INTO letter (buildID, newsID, recipient, message, outcome, happenedAt, nextTryAt, bisectionID)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (newsID, recipient) DO NOTHING
                    """,
                    [
                        news.build.id, news.id, letter.recipient, Data(letter.message), news.outcome.rawValue,
                        news.happenedAt.milliseconds, time.milliseconds, news.bisection?.record.id,
                    ])
            }
            return true
        }
    }

    /// The letters whose time has come, the longest due first.
    public func dueLetters(now: Date, limit: Int) async throws(StoreError) -> [Letter] {
        try await database.read { db in
            try db.all(
                """
                SELECT id, recipient, message, happenedAt, failures FROM letter
                WHERE state = 'waiting' AND nextTryAt <= ? ORDER BY nextTryAt, id LIMIT ?
                """, [now.milliseconds, limit]
            ) { columns in
                Letter(
                    id: try columns.next(), recipient: try columns.next(),
                    message: Array(try columns.next(Data.self)), happenedAt: try columns.date(),
                    failures: try columns.next())
            }
        }
    }

    /// When the next letter is to be sent, which may be in the past; `nil` when none waits.
    public func nextLetterTime() async throws(StoreError) -> Date? {
        try await database.read { db in
            try db.first("SELECT nextTryAt FROM letter WHERE state = 'waiting' ORDER BY nextTryAt LIMIT 1") { columns in
                try columns.date()
            }
        }
    }

    /// Whether the letter is still to be sent: one that may quote a log is taken back when that is deleted.
    public func letterWaits(_ id: Int64) async throws(StoreError) -> Bool {
        try await database.read { db in
            try db.first("SELECT EXISTS (SELECT 1 FROM letter WHERE id = ? AND state = 'waiting')", [id]) { columns in
                try columns.next(Bool.self)
            } ?? false
        }
    }

    /// A mail server took the letter.
    public func letterSent(_ id: Int64) async throws(StoreError) {
        try await database.write { db in
            try db.run(
                "UPDATE letter SET state = 'sent', message = NULL, lastError = NULL WHERE id = ? AND state = 'waiting'",
                [id])
        }
    }

    /// No mail server took the letter.
    ///
    /// - Parameter until: when it is tried again; `nil` for never.
    public func postponeLetter(_ id: Int64, until: Date?, error: String) async throws(StoreError) {
        try await database.write { db in
            try db.run(
                """
                UPDATE letter SET failures = failures + 1, lastError = ?2, nextTryAt = coalesce(?3, nextTryAt),
                    state = CASE WHEN ?3 IS NULL THEN 'gaveUp' ELSE 'waiting' END,
                    message = CASE WHEN ?3 IS NULL THEN NULL ELSE message END
                WHERE id = ?1 AND state = 'waiting'
                """, [id, error, until?.milliseconds])
        }
    }

    /// How many letters of builds that are still kept were sent, wait, or were given up.
    public func letterFigures() async throws(StoreError) -> LetterFigures {
        try await database.read { db in
            var figures = LetterFigures()
            let counts = try db.all("SELECT state, COUNT(*) FROM letter GROUP BY state") { columns in
                (state: try columns.next(String.self), count: try columns.next(Int.self))
            }
            for (state, count) in counts {
                switch state {
                case "waiting": figures.waiting = count
                case "sent": figures.sent = count
                default: figures.gaveUp = count
                }
            }
            return figures
        }
    }
}

extension Database {
    /// A build came to its end: notes what it came to, and whether that has to be told. Builds of forks are left out:
    /// what a stranger wrote would be mailed in the server's name. So are those of commits that were no longer a head.
    ///
    /// - Returns: whether there is news.
    func noteOutcome(of build: BuildRecord, at now: Date) throws -> Bool {
        guard build.trusted, !build.isOffHead, [.success, .failure, .error].contains(build.state) else { return false }
        let last = try first(
            "SELECT buildID, state FROM lastOutcome WHERE projectID = ? AND ref = ?",
            [build.projectID, build.ref.description]
        ) { columns in (buildID: try columns.next(Int64.self), state: try columns.next(String.self)) }
        // An older build that ends late says nothing about the ref as it is.
        let isNewest = last.map { $0.buildID <= build.id } ?? true
        let wasGreen = last.map { $0.state == BuildState.success.rawValue } ?? true
        // Nor does one that passed because it skipped the hook that failed.
        if build.state == .success, !wasGreen, try standing(of: build).state != .success { return false }
        if isNewest {
            try run(
                """
                INSERT INTO lastOutcome (projectID, ref, buildID, state) VALUES (?, ?, ?, ?)
                ON CONFLICT (projectID, ref) DO UPDATE SET buildID = excluded.buildID, state = excluded.state
                """, [build.projectID, build.ref.description, build.id, build.state.rawValue])
        }
        let outcome: MailRules.Outcome
        switch build.state {
        case .failure: outcome = .failure
        case .error: outcome = .error
        default:
            guard isNewest, !wasGreen else { return false }
            outcome = .fixed
        }
        try run(
            "INSERT INTO buildNews (buildID, outcome, happenedAt) VALUES (?, ?, ?)",
            [build.id, outcome.rawValue, now.milliseconds])
        return true
    }
}
