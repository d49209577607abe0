import Foundation
import Glibc
import Model
import Web

/// Builds, for people at a terminal.
enum BuildText {
    /// Whether results may be coloured.
    static let isColoured = isatty(1) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

    /// One line for each build.
    static func table(_ builds: [BuildDocument]) -> [String] {
        columns(
            builds.map { build in
                [
                    "#\(build.number)", state(build), short(build.refName), duration(build.startedAt, build.finishedAt),
                    build.createdAt.formatted(.iso8601), short(build.author), subject(build.message),
                ]
            })
    }

    /// One line for each project.
    static func table(_ projects: [ProjectDocument]) -> [String] {
        columns(
            projects.map { project in
                guard let build = project.latestBuild else { return [project.repository, "no build"] }
                // A build that skipped what had failed leaves its branch red.
                let standing = project.standing.flatMap { $0.latestBuild == build.number ? $0 : nil }
                return [
                    "\(project.repository)#\(build.number)", standing?.state ?? state(build), short(build.refName),
                    duration(build.startedAt, build.finishedAt), build.createdAt.formatted(.iso8601),
                    subject(build.message) + (standing?.words.map { " (\($0))" } ?? ""),
                ]
            })
    }

    /// A build with its jobs, after a change.
    static func lines(_ build: BuildDocument) -> [String] {
        ["\(build.repository)#\(build.number) \(coloured(state(build))), \(build.refName.withoutControls)"]
            + (build.jobs ?? []).map { "  \(line($0))" }
    }

    /// A job.
    static func line(_ job: JobDocument) -> String {
        var line = "\(job.hook): \(coloured(job.queue?.needsApproval == true ? waitingState : job.state))"
        if job.attempt > 1 { line += ", attempt \(job.attempt)" }
        if let reason = job.reason { line += ", \(reason.withoutControls)" }
        return line
    }

    /// What a job waits for that no runner alone brings about; `nil` when it waits for nothing, or only for its turn.
    static func waiting(_ queue: JobDocument.Queue?, in build: BuildName) -> String? {
        if queue?.needsApproval == true {
            let name = "\(build.repository)#\(build.number)"
            return
                "waits for an approval, as it comes from a fork: a manager looks at its commit, and approves it with "
                + "kozmic approve \(name) --commit SHA"
        }
        return queue?.fullGroup.map { "waits for a place in the group '\($0.withoutControls)'" }
    }

    /// A state in its colour.
    static func coloured(_ state: String) -> String {
        guard isColoured else { return state.withoutControls }
        let code =
            switch state {
            case "success": "32"
            case "failure": "31"
            case "error": "33"
            case "running": "36"
            default: "2"
            }
        return "\u{1B}[\(code)m\(state.withoutControls)\u{1B}[0m"
    }

    private static let waitingState = "waits for approval"

    /// The state, and of what is queued whether somebody has to do something about it.
    private static func state(_ build: BuildDocument) -> String {
        build.awaitsApproval && build.state == "queued" ? waitingState : build.state
    }

    /// A name that does not push the other columns away.
    private static func short(_ name: String) -> String {
        name.count > longestName ? "\(name.prefix(longestName - 1))…" : name
    }

    /// In characters, of a branch or a person in a table.
    private static let longestName = 40

    private static func subject(_ message: String) -> String {
        String((message.split(whereSeparator: \.isNewline).first ?? "").prefix(72))
    }

    private static func duration(_ start: Date?, _ end: Date?) -> String {
        guard let start else { return "-" }
        return Elapsed.text(Int(max(0, min((end ?? Date()).timeIntervalSince(start), 1e9))))
    }

    /// Columns as wide as their widest text; the second one is the state.
    private static func columns(_ rows: [[String]]) -> [String] {
        let rows = rows.map { $0.map(\.withoutControls) }
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { $0.count > column + 1 ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, text in
                let padding = String(repeating: " ", count: max(0, widths[column] - text.count))
                return (column == 1 ? coloured(text) : text) + padding
            }.joined(separator: "  ")
        }
    }
}
