import Git
import Model
import Runner
import Store

extension JobRun {
    /// Why a job ends before anything was made for it.
    struct Unfetched: Error {
        var sentence: String
        var outcome: JobOutcome
    }

    /// The mirror with the job's commit; `nil` when the job is to end first. A fetch that another job needs as well may
    /// be in the way of ours and is not waited for then.
    func fetchedMirror(_ claimed: ClaimedJob, _ control: JobControl) async throws -> GitMirror? {
        let (repository, build) = (claimed.project.repository, claimed.build)
        if let mirror = await mirrors.completeMirror(repository, with: build.commit, build.ref) { return mirror }
        return try await control.unlessStopped {
            try await mirrors.mirror(repository, with: build.commit, build.ref)
        }
    }

    /// Waits for a fetch that was begun; to cancel the wait does not end it, because a step that is tried again needs it as
    /// well.
    ///
    /// - Throws: `Unfetched`, and `CancellationError` when the fetch was cancelled.
    func result(of fetching: Task<GitMirror?, any Error>, _ control: JobControl) async throws -> GitMirror {
        do {
            if let mirror = try await fetching.value { return mirror }
            let reason = control.reason ?? "cancelled"
            throw Unfetched(
                sentence: "Stopped while the repository was fetched: \(reason)",
                outcome: JobOutcome(state: .cancelled, reason: reason))
        } catch let error as GitError {
            if error.kind == .cancelled { throw CancellationError() }
            throw Unfetched(
                sentence: "The repository could not be fetched: \(error.message)",
                outcome: JobOutcome(state: .error, reason: "the repository could not be fetched: \(error.message)"))
        }
    }

    /// What is checked out with the work tree; the log says so.
    func submodules(_ claimed: ClaimedJob, _ log: JobLogSink) async throws -> [JobSubmodule] {
        let found = try await Submodules(mirrors: mirrors, gitHubURL: configuration.gitHubURL).find(
            claimed.project.repository, commit: claimed.build.commit,
            in: await mirrors.mirror(claimed.project.repository))
        for line in found.lines { try await log.say(line) }
        return found.submodules
    }
}
