import DockerEngine
import Git
import Logging
import Model
import Synchronization

/// Runs jobs in the containers of a Docker Engine.
///
/// The engine may be on another machine: files go there through its API. Everything that a job makes there carries
/// labels, by which a later process finds it again.
public final class DockerExecutor: Executor {
    private let tools: RunnerTools
    private let logger: Logger
    /// What runs in this process: a sweep never takes that away.
    private let active = Mutex<Set<JobAttempt>>([])

    /// - Parameters:
    ///   - workDirectory: a folder of our own, in which work trees are put together.
    ///   - engineAbsence: how long an engine that stops answering is waited for before a job has an error.
    public init(
        engine: DockerEngine, workDirectory: String, engineAbsence: Duration = .seconds(120),
        logger: Logger = Logger(label: "kozmic.runner")
    ) {
        tools = RunnerTools(engine: engine, workDirectory: workDirectory, engineAbsence: engineAbsence)
        self.logger = logger
    }

    public func run(
        _ job: JobSpec, mirror: GitMirror, log: any LogSink, control: JobControl,
        progress: @escaping @Sendable (JobProgress) async throws -> Void
    ) async throws -> JobOutcome {
        let attempt = JobAttempt(jobID: job.jobID, attempt: job.attempt)
        _ = active.withLock { $0.insert(attempt) }
        defer { _ = active.withLock { $0.remove(attempt) } }
        let jobLog = await JobLog(log, limit: job.hook.settings.logLimitBytes)
        let run = JobRun(
            tools: tools, job: job, mirror: mirror, log: jobLog, control: control, progress: progress)
        let outcome = try await run.outcome()
        logger.debug("\(job) ended: \(outcome.state.rawValue)")
        return outcome
    }

    public func cleanUp(_ jobID: Int64, attempt: Int, instance: String) async {
        let query = Labels.query(instance: instance, jobID: jobID, attempt: attempt)
        do {
            try await remove(query) { $0 == JobAttempt(jobID: jobID, attempt: attempt) }
        } catch {
            logger.warning("cannot remove what job \(jobID) left on the Docker Engine: \(error)")
        }
    }

    public func sweep(instance: String, keep: Set<JobAttempt>) async throws {
        let keep = keep.union(active.withLock { $0 })
        let prefix = ContainerPlan.prefix(instance)
        for name in await tools.workspace.names() where name.hasPrefix(prefix) {
            let parts = name.dropFirst(prefix.count).split(separator: "-")
            guard parts.count == 3, let jobID = Int64(parts[0]), let attempt = Int(parts[1]),
                !keep.contains(JobAttempt(jobID: jobID, attempt: attempt))
            else { continue }
            await tools.workspace.remove(name)
        }
        try await remove([Labels.instance: instance]) { !keep.contains($0) }
    }

    public func check() async throws(ExecutorError) -> String {
        do {
            let version = try await tools.engine.version()
            return "Docker Engine \(version.engine) (API \(version.api))"
        } catch {
            throw ExecutorError(error.message)
        }
    }

    /// Removes containers and volumes with these labels, as far as they belong to a job's attempt that is meant. One
    /// that cannot be removed does not keep the others.
    private func remove(_ labels: [String: String?], where isMeant: (JobAttempt) -> Bool) async throws {
        let engine = tools.engine
        var problem: DockerError?
        for container in try await engine.containers(labels: labels)
        where Labels.owner(container.labels).map(isMeant) == true {
            do {
                try await engine.remove(container.id, force: true, volumes: true)
            } catch {
                problem = error
            }
        }
        for volume in try await engine.volumes(labels: labels) where Labels.owner(volume.labels).map(isMeant) == true {
            do {
                try await engine.removeVolume(volume.name)
            } catch {
                problem = error
            }
        }
        if let problem { throw problem }
    }
}
