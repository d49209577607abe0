import ArgumentParser
import Model
import Web

/// `kozmic log-diff BUILD/HOOK`
struct LogDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-diff", abstract: "Print what a job's log has that the last green one had not.",
        discussion: """
            The last green log is that of the newest earlier build in which the hook passed: on the same branch, or else on \
            the default branch. What the script printed is compared that ran last; times, durations, ids and names of \
            temporary folders do not count. Lines begin with + (new), - (gone), ~ (elsewhere in the older log) or a blank.

            Exit status, as that of diff: 0 nothing differs, 1 something does, 2 there is nothing to compare with, or the \
            server refused or cannot be asked.
            """)

    @Argument(help: "The job: OWNER/REPO#BUILD/HOOK.")
    var job: BuildName

    @Option(help: "Compare with the log of this build instead.")
    var with: Int?

    @Option(help: "Which attempt; default: the latest one.")
    var attempt: Int?

    @OptionGroup var options: ClientOptions

    func validate() throws {
        if job.hook == nil { throw ValidationError("a log is that of one job: OWNER/REPO#BUILD/HOOK") }
        if let with, with < 1 { throw ValidationError("--with is the number of a build") }
        if let attempt, attempt < 1 { throw ValidationError("--attempt is a number from 1") }
        try options.requireServer()
    }

    func run() async throws {
        guard let hook = job.hook else { return }
        let found = try await options.server.ask("kozmic log-diff", status: 2) { server -> LogComparisonDocument in
            try await server.get(
                "\(job.job(hook.description))/log/compare",
                [("attempt", attempt.map { "\($0)" }), ("with", with.map { "\($0)" })])
        }
        if options.isJSON {
            try Print.json(found)
        } else {
            let text = LogDiffText(found, "\(job.repository)", hook.description, isTerminal: Print.isTerminal)
            for line in text.lines { try Print.bytes(Array(line.utf8) + [10]) }
            for note in text.notes { Print.error(note) }
        }
        if !found.isEqual { throw ExitCode(1) }
    }
}

/// What differs between two logs, much as `diff -u` would have it.
struct LogDiffText {
    /// What the server answers.
    typealias Document = LogComparisonDocument

    private(set) var lines: [String] = []
    /// What is said beside it.
    private(set) var notes: [String] = []

    /// - Parameter isTerminal: a log is as it was written elsewhere; a terminal gets what does it no harm.
    init(_ found: Document, _ repository: String, _ hook: String, isTerminal: Bool) {
        func name(_ log: LogComparisonDocument.Log) -> String {
            let attempt = log.attempt > 1 ? ", attempt \(log.attempt)" : ""
            return "\(repository)#\(log.build)/\(hook)\t\(log.refName), \(log.state)\(attempt)".withoutBreaks
        }
        if found.isEqual {
            notes.append("nothing differs from build #\(found.with.build) but times, ids and the like")
        } else {
            lines = ["--- \(name(found.with))", "+++ \(name(found.log))"]
        }
        for hunk in found.hunks {
            lines.append(Self.header(hunk))
            lines += hunk.lines.map { Self.line($0, isTerminal: isTerminal) }
        }
        for (count, what) in [(found.leftOut, "the log"), (found.oldLeftOut, "the older log")] where count > 0 {
            notes.append("\(count) lines in the middle of \(what) were not compared: it is long")
        }
        if found.isCoarse { notes.append("a part was too different to be compared line by line") }
        if found.more > 0 { notes.append("\(found.more) more differences are not shown") }
    }

    /// `@@ -116,7 +118,9 @@`
    private static func header(_ hunk: LogComparisonDocument.Hunk) -> String {
        func place(_ numbers: [(line: Int, count: Int)]) -> String {
            "\(numbers.first?.line ?? 0),\(numbers.reduce(0) { $0 + $1.count })"
        }
        let old = hunk.lines.compactMap { line in line.oldLine.map { ($0, line.count ?? 1) } }
        let new = hunk.lines.compactMap { line in line.line.map { ($0, line.count ?? 1) } }
        return "@@ -\(place(old)) +\(place(new)) @@"
    }

    private static func line(_ line: LogComparisonDocument.Line, isTerminal: Bool) -> String {
        let sign = ["same": " ", "new": "+", "gone": "-", "moved": "~"][line.change] ?? "?"
        if let count = line.count { return "\(sign)… \(count) more lines" }
        // What was written over would be written over the sign.
        let text = (line.text ?? "").split(separator: "\r").last.map(String.init) ?? ""
        guard isTerminal else { return sign + text }
        var filter = TerminalFilter(isTerminal: true)
        let shown = String(decoding: filter.feed(Array(text.utf8)), as: UTF8.self)
        // A colour ends with its line.
        return sign + shown + (shown.contains("\u{1B}") ? "\u{1B}[0m" : "")
    }
}

extension String {
    /// On one line, without what a terminal would obey; tabs stay.
    fileprivate var withoutBreaks: String {
        split(separator: "\t", omittingEmptySubsequences: false).map { String($0).withoutControls }
            .joined(separator: "\t")
    }
}
