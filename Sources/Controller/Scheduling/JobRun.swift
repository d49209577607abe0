import Foundation
import Git
import Logging
import Model
import Runner
import Store
import ThreadPool

/// Carries one claimed job to its end, or leaves it to the next process when this one is stopping.
struct JobRun: Sendable {
    var configuration: ControllerConfiguration
    var store: Store
    var executor: any Executor
    var mirrors: ProjectMirrors
    var logger: Logger

    /// Returns when the outcome is stored, or when the task is cancelled: then the containers run on and the job stays
    /// "running" in the store, which is what the next process looks for.
    ///
    /// - Parameter isNew: whether no process has begun with it.
    func run(_ claimed: ClaimedJob, isNew: Bool = false) async {
        let failures = FailureCount()
        var isNew = isNew
        while !Task.isCancelled {
            do {
                defer { isNew = false }
                let outcome = try await outcome(of: claimed, isNew: isNew)
                try await finish(claimed, outcome)
                return
            } catch is CancellationError {
                return
            } catch {
                // The log or the database cannot be written. The job is not lost: it is taken up again where it is.
                logger.error("job \(claimed.job.id) cannot go on: \(error)")
                do { try await Task.sleep(for: Backoff().delay(after: failures.next())) } catch { return }
            }
        }
    }

    private func outcome(of claimed: ClaimedJob, isNew: Bool) async throws -> JobOutcome {
        let writer = try await store.logs.writer(claimed.job.id)
        let log = JobLogSink(writer: writer)
        do {
            let outcome = try await work(claimed, isNew: isNew, log: log)
            if keeps(claimed, outcome) {
                let (name, hook) = (claimed.project.repository, claimed.job.config)
                try await log.say(
                    "The container is kept for \(Elapsed.text(hook.keepFailedSeconds)): "
                        + "kozmic shell '\(name)#\(claimed.build.number)/\(hook.id)'")
            }
            // Closed before the outcome is stored: who sees the job ended finds the whole log.
            try await writer.close()
            return outcome
        } catch {
            // The next attempt to go on opens the log anew.
            try? await writer.close()
            guard case .diskFull? = error as? StoreError else { throw error }
            return JobOutcome(state: .error, reason: "the server's disk is full: the log could not be written")
        }
    }

    /// From its first moment on, the job ends when somebody asks for it.
    private func work(_ claimed: ClaimedJob, isNew: Bool, log: JobLogSink) async throws -> JobOutcome {
        let control = JobControl()
        return try await withThrowingTaskGroup(of: JobOutcome?.self) { group in
            group.addTask {
                await forwardCancellation(of: claimed.job.id, to: control)
                return nil
            }
            group.addTask { try await work(claimed, isNew: isNew, log: log, control) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let outcome = result { return outcome }
            }
            throw CancellationError()
        }
    }

    private func work(
        _ claimed: ClaimedJob, isNew: Bool, log: JobLogSink, _ control: JobControl
    ) async throws -> JobOutcome {
        let fetching = Task(executorPreference: ThreadPool.shared) { try await fetchedMirror(claimed, control) }
        defer { fetching.cancel() }
        return try await withTaskCancellationHandler {
            try await attempt(claimed, isNew: isNew, log: log, control, fetching)
        } onCancel: {
            fetching.cancel()
        }
    }

    private func attempt(
        _ claimed: ClaimedJob, isNew: Bool, log: JobLogSink, _ control: JobControl,
        _ fetching: Task<GitMirror?, any Error>
    ) async throws -> JobOutcome {
        do {
            var claimed = claimed
            // What was read with the claim may be old by now.
            if !isNew { claimed.settings = try await store.serverSettings() }
            var spec: JobSpec
            do {
                if isNew { try checkImage(claimed) }
                spec = try self.spec(claimed)
                spec.isNew = isNew
                // An attempt that began before may be anywhere; for one that begins the container is made meanwhile.
                if !isNew || claimed.job.config.submodules { _ = try await result(of: fetching, control) }
                if claimed.job.config.submodules { spec.submodules = try await submodules(claimed, log) }
            } catch let error where !(error is CancellationError || error is Unfetched || error is DisallowedImage) {
                try await log.say("The job was not run: \(error)")
                return JobOutcome(state: .error, reason: "\(error)")
            }
            return try await run(spec, claimed, log: log, control) { try await result(of: fetching, control) }
        } catch let disallowed as DisallowedImage {
            try await log.say("The job was not run: \(disallowed)")
            return JobOutcome(state: .error, reason: "\(disallowed)")
        } catch let end as Unfetched {
            try await log.say(end.sentence)
            return end.outcome
        } catch let known as KnownVerdict {
            try await log.say(known.sentence)
            return known.outcome
        }
    }

    /// - Parameter fetched: answers when the mirror has the commit.
    private func run(
        _ spec: JobSpec, _ claimed: ClaimedJob, log: JobLogSink, _ control: JobControl,
        fetched: @escaping @Sendable () async throws -> GitMirror
    ) async throws -> JobOutcome {
        let record = JobProgressRecord(store, claimed.job, isNew: spec.isNew)
        async let recording: Void = record.run()
        defer { record.end() }
        let mirror = await mirrors.mirror(claimed.project.repository)
        let outcome: JobOutcome
        do {
            outcome = try await executor.run(spec, mirror: mirror, log: log, control: control) { progress in
                try await note(progress, of: claimed, in: record, fetched: fetched)
            }
        } catch {
            try await record.settle()
            throw error
        }
        try await record.settle()
        record.end()
        try await recording
        return outcome
    }

    private func note(
        _ progress: JobProgress, of claimed: ClaimedJob, in record: JobProgressRecord,
        fetched: @Sendable () async throws -> GitMirror
    ) async throws {
        switch progress {
        case .phase(let phase):
            // A job that is taken up again comes here only when it begins anew.
            if phase == .preparing { try checkImage(claimed) }
            try await record.note(phase)
        case .baseImage(let id, let digest):
            let mayEnd = claimed.job.config.reusesVerdicts
            try await record.note(imageID: id, digest: digest, isUrgent: mayEnd)
            guard mayEnd else { break }
            try await Verdicts(configuration: configuration, store: store).look(
                claimed, imageID: id, mirror: try await fetched())
        case .commit: _ = try await fetched()
        case .cacheKey(let key, let reused): try await record.note(cacheKey: key, reused: reused)
        }
    }

    /// Secrets are opened only here, only for trusted refs, and kept nowhere.
    ///
    /// - Throws: `UnopenedSecret`.
    private func spec(_ claimed: ClaimedJob) throws -> JobSpec {
        let sealed = claimed.build.trusted ? claimed.job.config.secrets : [:]
        let secrets =
            sealed.isEmpty ? [:] : try configuration.openingKeys().open(sealed, for: claimed.project.repository)
        let pages = configuration.pages(claimed.project.repository)
        return JobSpec(
            instance: configuration.instance, jobID: claimed.job.id, attempt: claimed.job.attempt,
            repository: claimed.project.repository, hook: claimed.job.config, buildNumber: claimed.build.number,
            buildURL: pages.build(claimed.build.number), commit: claimed.build.commit, ref: claimed.build.ref,
            pullRequest: claimed.build.pullRequest, trusted: claimed.build.trusted, secrets: secrets)
    }

    /// A wish to cancel is a value in the store; the change signal only makes it be seen sooner.
    private func forwardCancellation(of jobID: Int64, to control: JobControl) async {
        let changes = store.changes.subscribe([.cancellation(jobID)])
        var iterator = changes.makeAsyncIterator()
        let failures = FailureCount()
        while !Task.isCancelled {
            do {
                if let reason = try await store.cancelReason(jobID) { return control.cancel(reason: reason) }
                guard await iterator.next() != nil else { return }
            } catch {
                // The signal comes once.
                logger.warning("whether job \(jobID) is to end could not be read: \(error)")
                try? await Task.sleep(for: Backoff().delay(after: failures.next()))
            }
        }
    }

    /// Whether the job's containers stay for a while, to be looked at.
    private func keeps(_ claimed: ClaimedJob, _ outcome: JobOutcome) -> Bool {
        outcome.state == .failure && claimed.job.config.keepFailedSeconds > 0
    }

    /// The outcome is stored before the containers go: a crash between the two leaves containers that the next sweep
    /// removes, never a job without an outcome.
    private func finish(_ claimed: ClaimedJob, _ outcome: JobOutcome) async throws {
        let pages = configuration.pages(claimed.project.repository)
        let isKept = keeps(claimed, outcome)
        let form = try await failureForm(claimed, outcome)
        if isKept {
            try await store.keepContainers(
                claimed.job.id, until: Date(timeIntervalSinceNow: Double(claimed.job.config.keepFailedSeconds)),
                most: configuration.mostKeptJobs)
        }
        try await store.finishJob(claimed.job.id, outcome, failureForm: form) { number, hook in
            pages.build(number, hook: hook)
        }
        if !isKept {
            await executor.cleanUp(claimed.job.id, attempt: claimed.job.attempt, instance: configuration.instance)
        }
        logger.info(
            "job ended",
            metadata: [
                "project": "\(claimed.project.repository)", "build": "\(claimed.build.number)",
                "hook": "\(claimed.job.hook)", "state": "\(outcome.state.rawValue)",
                "reason": "\(outcome.reason ?? "")",
            ])
    }
}
