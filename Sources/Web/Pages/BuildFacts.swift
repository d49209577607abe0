import Foundation
import Model
import Store

/// What every page that names a build shows of it.
struct BuildFacts {
    var build: BuildRecord
    var project: ProjectRecord
    var gitHubURL: String

    var url: String { ProjectLinks.url(project, build: build.number) }

    var values: PageValues {
        let repository = "\(gitHubURL)/\(project.repository)"
        return [
            "state": StateMark(build), "number": build.number, "url": url, "subject": subject,
            "ref": build.ref.shortName, "refURL": ProjectLinks.history(project, of: build.ref),
            "commit": String(build.commit.prefix(7)), "commitURL": "\(repository)/commit/\(build.commit)",
            "initials": Avatar.initials(build.authorName),
            "author": build.authorName.isEmpty ? "unknown" : build.authorName, "trigger": trigger,
            "pullURL": build.pullRequest.map { "\(repository)/pull/\($0)" },
            "duration": Moment.duration(build.startedAt, build.finishedAt),
            "when": Moment.html(build.finishedAt ?? build.createdAt),
        ]
    }

    /// The first line of the commit's message.
    var subject: String {
        // Not the whole message is looked at: it may be long, and there is one in each row.
        let line = build.message.drop(while: \.isNewline).prefix { !$0.isNewline }
        guard !line.isEmpty else { return "(no message)" }
        // Characters are costly to count, and never more than bytes.
        return line.utf8.count > 200 && line.count > 200 ? "\(line.prefix(199))…" : String(line)
    }

    /// The rest of the commit's message.
    var body: String? {
        let lines = build.message.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).dropFirst()
        let body = lines.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
        return body.isEmpty ? nil : body.count > 4000 ? "\(body.prefix(3999))…" : body
    }

    /// What a link to the build says of it in a chat.
    var sentence: String {
        let author = build.authorName.isEmpty ? "somebody unknown" : build.authorName
        return "\(subject), by \(author) on \(build.ref.shortName): \(StateMark(build).word.lowercased())"
    }

    private var trigger: String {
        let what =
            switch build.trigger {
            case .push: "push"
            case .pullRequest: "pull request" + (build.pullRequest.map { " #\($0)" } ?? "")
            case .mergeGroup: "merge queue"
            case .schedule: "schedule"
            // Nobody asked for it: it is one of those that a search for a commit wants.
            case .manual: build.sender == nil ? "search for a commit" : "by hand"
            }
        return what + (build.sender.map { build.trigger == .manual ? ", by \($0)" : " by \($0)" } ?? "")
    }
}

extension BuildRecord {
    /// How long it took, or takes already.
    func seconds(now: Date) -> TimeInterval {
        startedAt.map { max(0, (finishedAt ?? now).timeIntervalSince($0)) } ?? 0
    }
}
