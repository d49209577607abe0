import Logging
import Model
import Runner
import Store

extension JobRun {
    /// How the output of the script that failed ended; `nil` for a job that ended otherwise, and when the script wrote
    /// nothing. A log that cannot be read keeps no job from its end.
    ///
    /// - Throws: what storing the outcome would throw.
    func failureForm(_ claimed: ClaimedJob, _ outcome: JobOutcome) async throws -> [UInt8]? {
        guard outcome.state == .failure, outcome.exitCode != nil else { return nil }
        let output: ScriptOutput?
        do {
            output = try await store.logs.reader(claimed.job.id).scriptEnd(FailureForm.mostBytes + 1)
        } catch {
            logger.warning("how the log of job \(claimed.job.id) ended could not be read: \(error)")
            return nil
        }
        guard let output else { return nil }
        // The install script went well, and the build script failed without a word.
        if output.section == LogSection.install.rawValue {
            let phase = try await store.job(claimed.job.id)?.phase
            if phase == .committing || phase == .building { return nil }
        }
        return FailureForm.bytes(output.bytes)
    }
}
