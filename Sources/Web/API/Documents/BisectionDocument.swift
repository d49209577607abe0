import Foundation
import Model
import Store

/// The search for the commit that broke a job, for programs.
package struct BisectionDocument: Codable, Sendable {
    /// As in `BisectionState`.
    package var state: String
    /// The full name of the branch.
    package var ref: String
    /// As people say it.
    package var refName: String
    /// The commit that passed.
    package var good: String
    /// The build in which it did.
    package var goodBuild: Int
    /// The commit that failed.
    package var bad: String
    /// The build in which it did.
    package var badBuild: Int
    /// How many commits may have done it, when the search began.
    package var candidates: Int
    /// Those that still may.
    package var left: Left
    /// The builds that it asked for, oldest first.
    package var probes: [Probe]
    /// The commit that did it, or those of which one did, newest first; empty in the other states.
    package var culprits: [Commit]
    /// Why it ended otherwise.
    package var reason: String?
    /// The login of whoever asked for it; absent when it began by itself.
    package var startedBy: String?
    /// When it was asked for.
    package var startedAt: Date
    /// When it ended.
    package var finishedAt: Date?
    /// The page for people: that of the job that failed.
    package var page: String

    /// A commit of the branch.
    package struct Commit: Codable, Sendable {
        /// The commit.
        package var id: String
        /// The first line of its message.
        package var title: String
        /// Who wrote it, as the commit says.
        package var author: String
        /// Where GitHub shows it.
        package var url: String
    }

    /// Commits that may have done it.
    package struct Left: Codable, Sendable {
        /// How many.
        package var count: Int
        /// The commits, newest first; absent when there are more than 20.
        package var commits: [Commit]?
    }

    /// A build of one commit.
    package struct Probe: Codable, Sendable {
        /// The build's number.
        package var build: Int
        /// The commit.
        package var commit: String
        /// As in `JobState`.
        package var state: String
        /// Why it is not a success.
        package var reason: String?
        /// The page for people.
        package var page: String
    }

    /// More commits are not listed.
    private static let mostListed = 20

    /// - Parameter repositoryURL: where GitHub has the project.
    init(_ report: BisectionReport, _ address: PageAddress, repositoryURL: String) {
        func commits(_ commits: [Bisection.Commit]) -> [Commit] {
            commits.map {
                Commit(id: $0.id, title: $0.title, author: $0.author, url: "\(repositoryURL)/commit/\($0.id)")
            }
        }
        let record = report.record
        state = record.state.rawValue
        (ref, refName) = (record.ref.description, record.ref.shortName)
        (good, goodBuild, bad, badBuild) = (record.good, record.goodBuild, record.bad, report.badBuild)
        candidates = record.candidates.count
        left = Left(
            count: report.left.count, commits: report.left.count > Self.mostListed ? nil : commits(report.left))
        probes = report.probes.map { probe in
            Probe(
                build: probe.build, commit: probe.commit, state: probe.state.rawValue, reason: probe.reason,
                page: "\(address.build(probe.build, hook: record.hook))?attempt=\(probe.attempt)")
        }
        culprits = commits(report.culprits)
        (reason, startedBy, startedAt, finishedAt) = (
            record.reason, record.startedBy, record.createdAt, record.finishedAt
        )
        page = "\(address.build(report.badBuild, hook: record.hook))?attempt=\(report.bad.attempt)"
    }
}
