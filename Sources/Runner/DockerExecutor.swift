import DockerEngine
import Git
import Logging
import Model
import Synchronization
import ThreadPool

/// Runs jobs in the containers of a Docker Engine.
///
/// The engine may be on another machine: files go there through its API. Everything that a job makes there carries
/// labels, by which a later process finds it again.
public final class DockerExecutor: Executor {
    let tools: RunnerTools
    let logger: Logger
    /// What runs in this process: a sweep never takes that away.
    let active = Mutex<Set<JobAttempt>>([])
    /// What is being removed: that is carried out although the controller ends, or half of it would stay.
    private let removals = Mutex<[JobAttempt: Task<Void, any Error>]>([:])

    /// - Parameters:
    ///   - workDirectory: a folder of our own, in which work trees are put together.
    ///   - preparation: what `maintain` keeps ready, and the network.
    ///   - engineAbsence: how long an engine that stops answering is waited for before a job has an error.
    public init(
        engine: DockerEngine, workDirectory: String, engineAbsence: Duration = .seconds(120),
        preparation: Preparation = Preparation(), logger: Logger = Logger(label: "kozmic.runner")
    ) {
        tools = RunnerTools(
            engine: engine, workDirectory: workDirectory, engineAbsence: engineAbsence, preparation: preparation,
            logger: logger)
        self.logger = logger
    }

    public func run(
        _ job: JobSpec, mirror: GitMirror, log: any LogSink, control: JobControl,
        progress: @escaping @Sendable (JobProgress) async throws -> Void
    ) async throws -> JobOutcome {
        let attempt = JobAttempt(jobID: job.jobID, attempt: job.attempt)
        _ = active.withLock { $0.insert(attempt) }
        defer { _ = active.withLock { $0.remove(attempt) } }
        if job.isNew { tools.attempts.begin(attempt) }
        let jobLog = await JobLog(log, limit: job.hook.settings.logLimitBytes)
        let run = JobRun(
            tools: tools, job: job, mirror: mirror, log: jobLog, control: control, progress: progress)
        let outcome = try await run.outcome()
        logger.debug("\(job) ended: \(outcome.state.rawValue)")
        return outcome
    }

    public func cleanUp(_ jobID: Int64, attempt: Int, instance: String) async {
        let owner = JobAttempt(jobID: jobID, attempt: attempt)
        if !tools.attempts.contains(owner) {
            // Half a work tree stays behind when Kozmic is killed while it puts one together, and is no use to the next.
            for name in await tools.workspace.names()
            where ContainerPlan.owner(ofName: name, instance: instance) == owner {
                await tools.workspace.remove(name)
            }
        }
        let end = ContinuousClock.now + tools.engineAbsence
        while true {
            do {
                let removal = Task(executorPreference: ThreadPool.shared) {
                    try await self.removeAll(of: owner, instance)
                }
                removals.withLock { $0[owner] = removal }
                defer { _ = removals.withLock { $0.removeValue(forKey: owner) } }
                return try await removal.value
            } catch {
                // An engine that is being replaced answers again in a moment.
                if ContinuousClock.now < end, (try? await Task.sleep(for: .milliseconds(500))) != nil { continue }
                // Its volume, if it is still there, says itself what it lies above.
                await tools.trees.release(owner)
                return logger.warning("cannot remove what job \(jobID) left on the Docker Engine: \(error)")
            }
        }
    }

    private func removeAll(of owner: JobAttempt, _ instance: String) async throws {
        if let names = tools.attempts.names(of: owner), await !tools.standbys.gave(to: owner) {
            // Without listing what there is: two requests less.
            var problem: DockerError?
            for name in names {
                do throws(DockerError) {
                    try await tools.engine.remove(name, force: true, volumes: true)
                    try await tools.engine.removeVolume(name)
                } catch {
                    problem = error
                }
            }
            if let problem { throw problem }
        } else {
            var found = try await belongings(
                Labels.query(instance: instance, jobID: owner.jobID, attempt: owner.attempt))
            // The labels of a container that had waited do not say whose it is.
            found.containers += try await tools.engine.containers(
                labels: [Labels.instance: instance, Labels.standby: nil]
            ).filter { Labels.isStandby($0.labels) && Labels.owner(of: $0) == owner }
            try await remove(found) { $0 == owner }
            await tools.standbys.forget(owner)
        }
        tools.attempts.end(owner)
        await tools.trees.release(owner)
        await tools.berths.release(owner)
    }

    public func maintain(instance: String) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tellMissingLimits() }
            group.addTask { await self.tools.berths.maintain(instance: instance) }
            group.addTask { await self.tools.standbys.maintain(instance: instance) }
        }
        // The requests must go out although the task is cancelled.
        await Task {
            for removal in removals.withLock({ Array($0.values) }) { _ = await removal.result }
            await tools.berths.keeper.end(instance)
            // Nothing of ours is in it any more.
            await tools.network.remove(instance)
        }.value
    }

    /// Says in the log which limits do not hold, as soon as the engine answers: it takes them from every job without a word.
    private func tellMissingLimits() async {
        while !Task.isCancelled {
            do throws(DockerError) {
                let missing = try await tools.kind.info().missingLimits
                guard !missing.isEmpty else { return }
                return logger.warning(
                    """
                    the Docker Engine cannot limit \(DockerLimit.words(missing)): a job can take all that its machine has; \
                    kozmic doctor says what to do
                    """)
            } catch {
                guard error.isTransient, (try? await Task.sleep(for: .seconds(15))) != nil else { return }
            }
        }
    }

    /// Whether a network address is that of a job of ours. On the engine's own bridge only where jobs are there for want of
    /// a network of their own; then all addresses of the bridge count. With a rootless engine on this machine jobs have
    /// this machine's addresses: all but loopback count.
    public func isJobAddress(_ address: String) async -> Bool { tools.network.contains(address) }

    public func check() async throws(ExecutorError) -> String {
        do {
            let version = try await tools.engine.version()
            return "Docker Engine \(version.engine) (API \(version.api))"
        } catch {
            throw ExecutorError(error.message)
        }
    }
}
