import Git
import Model
import Store

/// Finds out whether a job's work was done already.
struct Verdicts: Sendable {
    var configuration: ControllerConfiguration
    var store: Store

    /// Remembers what the job's verdict will hold for, and looks for one that holds for it. A new attempt and a build
    /// that the time made are asked for because somebody wants the job to run.
    ///
    /// - Parameter imageID: the base image's id.
    /// - Throws: `KnownVerdict` when there is one; `StoreError`, `GitError`.
    func look(_ claimed: ClaimedJob, imageID: String, mirror: GitMirror) async throws {
        guard configuration.reusesVerdicts else { return }
        let (job, build) = (claimed.job, claimed.build)
        let key = try await VerdictKey(
            job.config, commit: build.commit, imageID: imageID, trusted: build.trusted, mirror: mirror)
        guard let key else { return }
        try await store.recordVerdictKey(job.id, key.description)
        let isEvent = job.attempt == 1 && [.push, .pullRequest, .mergeGroup].contains(build.trigger)
        // A bisection wants an answer, wherever it comes from.
        guard try await isEvent ? true : store.isProbe(job.id),
            let earlier = try await store.passedBuild(claimed.project.id, job.hook, verdictKey: key.description)
        else { return }
        throw KnownVerdict(
            number: earlier.number,
            url: configuration.pages(claimed.project.repository).build(earlier.number, hook: job.hook))
    }
}

/// Thrown to the executor, which then does nothing more: the job's work was done in an earlier build.
struct KnownVerdict: Error {
    /// The build in which the job ran.
    var number: Int
    /// The page of that job.
    var url: String

    /// The outcome. It has no exit code, because no script ran.
    var outcome: JobOutcome { JobOutcome(state: .success, reason: ReusedVerdict(build: number).reason) }
    /// The job's whole log.
    var sentence: String { "The same tree passed in build #\(number), so nothing is run here: \(url)" }
}
