import Foundation
internal import GRDB
import Model

/// Jobs that were asked to end, and who wants to know.
struct EndedJobs {
    var count = 0
    var topics: [ChangeSignal.Topic] = []
    /// For the delivery's sentence.
    var note: String?
}

extension Database {
    /// Asks for a job's end. One in the queue is cancelled at once; a running one has its `cancelReason` set.
    ///
    /// - Returns: the topics to notify; `nil` when the job had ended already.
    func requestCancel(_ jobID: Int64, reason: String, at time: Date) throws -> [ChangeSignal.Topic]? {
        switch try state(ofJob: jobID) {
        case .queued:
            let outcome = JobOutcome(state: .cancelled, reason: reason)
            return try finish(jobID, outcome, cancelReason: reason, at: time, pageURL: nil)
        case .running:
            try run("UPDATE job SET cancelReason = ? WHERE id = ? AND cancelReason IS NULL", [reason, jobID])
            return changesCount > 0 ? [.builds, .job(jobID)] : []
        case .success, .failure, .error, .cancelled, .skipped:
            return nil
        }
    }

    /// Asks for the end of all jobs of the builds.
    func cancel(_ wanted: BuildCancellation, at time: Date) throws -> EndedJobs {
        let ids: [Int64]
        switch wanted.builds {
        case .build(let id): ids = [id]
        case .ref(let ref):
            ids = try openBuilds(wanted.projectID, "build.ref = ?", [ref.description])
        case .pullRequest(let number):
            ids = try openBuilds(
                wanted.projectID, "build.pullRequest = ? AND \(Self.isNotOnDefaultBranch)", [number])
        }
        var ended = try cancelJobs(of: ids, reason: wanted.reason, at: time)
        ended.note = ended.count == 0 ? nil : "\(ended.count) job\(ended.count == 1 ? "" : "s") cancelled"
        return ended
    }

    /// A pull request's newer commit ends the builds of its older ones. What is on the default branch is never ended:
    /// every commit there has its verdict.
    func supersede(_ new: NewBuild, buildID: Int64, number: Int, at time: Date) throws -> EndedJobs {
        guard let pullRequest = new.event.pullRequest else { return EndedJobs() }
        // A build that a push made becomes the pull request's when that event arrives, too.
        try run("UPDATE build SET pullRequest = coalesce(pullRequest, ?) WHERE id = ?", [pullRequest, buildID])
        let older = try openBuilds(
            new.projectID, "build.pullRequest = ? AND build.id < ? AND \(Self.isNotOnDefaultBranch)",
            [pullRequest, buildID])
        guard !older.isEmpty else { return EndedJobs() }
        var ended = try cancelJobs(of: older, reason: "superseded by build #\(number)", at: time)
        let numbers = try older.compactMap { try build($0).map { "#\($0.number)" } }
        ended.note = ended.count == 0 ? nil : "supersedes build \(numbers.joined(separator: ", "))"
        return ended
    }

    private static let isNotOnDefaultBranch =
        "build.ref <> 'refs/heads/' || coalesce((SELECT defaultBranch FROM project WHERE id = build.projectID), '')"

    private func openBuilds(
        _ projectID: Int64, _ condition: String, _ arguments: StatementArguments
    ) throws -> [Int64] {
        try Int64.fetchAll(
            self,
            sql: """
                SELECT build.id FROM build INDEXED BY build_open
                WHERE build.projectID = ? AND build.state IN ('queued', 'running') AND \(condition) ORDER BY build.id
                """, arguments: [projectID] + arguments)
    }

    private func cancelJobs(of builds: [Int64], reason: String, at time: Date) throws -> EndedJobs {
        var ended = EndedJobs()
        for build in builds {
            let jobs = try Int64.fetchAll(
                self, sql: "SELECT id FROM job WHERE buildID = ? AND state IN ('queued', 'running') ORDER BY id",
                arguments: [build])
            for job in jobs {
                guard let topics = try requestCancel(job, reason: reason, at: time) else { continue }
                ended.count += topics.isEmpty ? 0 : 1
                ended.topics += topics
            }
        }
        return ended
    }
}
