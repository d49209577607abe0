import Foundation
import Model
import Store

/// The search for the commit that broke a job, on the job's page.
struct BisectionValues {
    var report: BisectionReport
    var project: ProjectRecord
    var gitHubURL: String

    /// So many commits are named.
    private static let mostNamed = 20

    var values: PageValues {
        let record = report.record
        let isOne = record.state == .found && report.culprits.count == 1
        let named = isOne ? [] : report.culprits
        let tried = report.probes.filter { $0.state.isFinished }
        return [
            "isOpen": !record.state.isFinished, "text": text,
            "probe": report.openProbe.map { probe -> PageValues in
                [
                    "commit": String(probe.commit.prefix(7)), "commitURL": commitURL(probe.commit),
                    "number": probe.build, "url": url(probe),
                ]
            },
            "culprit": isOne ? report.culprits.first.map(values) : nil,
            "commits": named.prefix(Self.mostNamed).map(values),
            "more": named.count > Self.mostNamed
                ? "and \(Count.text(named.count - Self.mostNamed, "more commit"))" : nil,
            // It is a sentence or a part of one.
            "reason": record.reason.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 },
            "who": record.startedBy.map { "Asked for by \($0)" } ?? "It began by itself",
            "when": Moment.html(record.createdAt), "hasTried": !tried.isEmpty,
            "tried": tried.map { probe -> PageValues in
                [
                    "state": StateMark(probe.state), "url": url(probe), "number": probe.build,
                    "commit": String(probe.commit.prefix(7)),
                ]
            },
        ]
    }

    private var text: String {
        let record = report.record
        switch record.state {
        case .running:
            let looking = "Looking for the commit that broke it"
            guard report.openProbe?.commit != record.good else {
                let change = "The hook's configuration has changed since #\(record.goodBuild) passed"
                return "\(looking). \(change), so that commit comes first"
            }
            return "\(looking): \(report.left.count) of \(record.candidates.count) left"
        case .found: return "Broken by"
        case .narrowed: return "One of these \(Count.text(report.culprits.count, "commit")) broke it"
        case .elsewhere: return "No commit broke it"
        case .stopped: return "The search for the commit that broke it ended without an answer"
        }
    }

    private func values(_ commit: Bisection.Commit) -> PageValues {
        let probe = report.probe(of: commit.id)
        let isHead = commit.id == report.record.bad
        return [
            "commit": String(commit.id.prefix(7)), "commitURL": commitURL(commit.id),
            "title": commit.title.isEmpty ? "(no message)" : commit.title,
            "author": commit.author.isEmpty ? "unknown" : commit.author,
            "number": probe?.build ?? report.badBuild,
            "url": probe.map(url) ?? (isHead ? ProjectLinks.url(project, build: report.badBuild) : nil),
        ]
    }

    private func commitURL(_ commit: String) -> String { "\(gitHubURL)/\(project.repository)/commit/\(commit)" }

    private func url(_ probe: BisectionProbe) -> String {
        "\(ProjectLinks.url(project, build: probe.build))/jobs/\(report.record.hook)?attempt=\(probe.attempt)"
    }
}
