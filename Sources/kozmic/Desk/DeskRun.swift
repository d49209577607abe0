import Foundation
import Glibc
import Model
import Runner
import UnixSignals

/// One job of a person at a desk, with the server's executor.
struct DeskRun: Sendable {
    var repository: RepositoryName
    var hook: Hook
    var clone: LocalClone
    /// What the person gave.
    var values: [String: String]
    var executor: DockerExecutor
    /// For messages.
    var host: String

    var log: ConsoleLog
    /// Asks the job to stop.
    var control = JobControl()
    var notes = DeskNotes()

    /// Runs the job to its end and leaves nothing behind but its cached image.
    func run() async throws -> JobOutcome {
        do {
            _ = try await executor.check()
        } catch {
            throw SettingProblem("there is no Docker Engine at \(host): \(error)")
        }
        try await removeLeftOvers()
        let job = self.job
        let missing = hook.secrets.keys.filter { job.secrets[$0] == nil }.sorted()
        if !missing.isEmpty {
            await log.say("Secrets are not available here: \(missing.joined(separator: ", ")); give them with --env")
        }
        if hook.submodules { await log.say("Submodules are empty folders here; a server checks them out") }
        let outcome = try await withThrowingTaskGroup(of: JobOutcome?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup) {
                    control.cancel(reason: "interrupted by \(signal)")
                }
                return nil
            }
            group.addTask {
                try await executor.run(job, mirror: clone.mirror, log: log, control: control) { notes.take($0) }
            }
            while let outcome = try await group.next() {
                if let outcome { return outcome }
            }
            throw CancellationError()
        }
        await executor.cleanUp(job.jobID, attempt: job.attempt, instance: job.instance)
        try await limitImages()
        return outcome
    }

    private var job: JobSpec {
        var hook = hook
        var secrets: [String: String] = [:]
        for (name, value) in values {
            if hook.secrets[name] != nil { secrets[name] = value } else { hook.environment[name] = value }
        }
        return JobSpec(
            instance: Self.instance, jobID: Int64(getpid()), attempt: 1, repository: repository, hook: hook,
            buildNumber: 0, buildURL: "", commit: clone.commit, ref: clone.ref, trusted: true, secrets: secrets)
    }

    /// All runs of this machine, so that one finds what another left when it was killed.
    private static var instance: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return "desk-" + String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The process number is the job's: what belongs to a process that is no more is left over.
    private func removeLeftOvers() async throws {
        try await executor.sweep(instance: Self.instance) {
            // What carries our own number was left by an earlier process that had it: nothing was made by this one yet.
            let running = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int64($0) }
                .filter { $0 != Int64(getpid()) }
            return Set(running.map { JobAttempt(jobID: $0, attempt: 1) })
        }
    }

    /// A desk keeps as many images as the server would, of those that it made itself.
    private func limitImages() async throws {
        let images = try await executor.cachedImages(instance: Self.instance)
            .filter { $0.repository == repository.key && $0.hook == hook.id.description }
            .sorted { $0.created > $1.created }
        for image in images.dropFirst(max(1, hook.settings.cachedImages)) {
            _ = try await executor.removeCachedImage(image) { false }
        }
    }
}
