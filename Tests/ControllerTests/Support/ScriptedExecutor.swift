import Git
import Model
import Runner

/// Every job ends at once; nothing runs.
struct ScriptedExecutor: Executor {
    /// What is done before.
    var script: @Sendable (@escaping @Sendable (JobProgress) async throws -> Void) async throws -> Void = { _ in }
    /// What is in its log then, part by part.
    var output: [(section: LogSection, text: String)] = []
    /// How it ends.
    var outcome = JobOutcome.success

    func run(
        _ job: JobSpec, mirror: GitMirror, log: any LogSink, control: JobControl,
        progress: @escaping @Sendable (JobProgress) async throws -> Void
    ) async throws -> JobOutcome {
        try await script(progress)
        for part in output { try await log.append(part.section, .stdout, Array(part.text.utf8)) }
        return outcome
    }

    func cleanUp(_ jobID: Int64, attempt: Int, instance: String) async {}
    func sweep(instance: String, keep: @Sendable () async throws -> Set<JobAttempt>) async throws {}
    func cachedImages(instance: String) async throws -> [CachedImage] { [] }
    func removeCachedImage(
        _ image: CachedImage, unless isWanted: @Sendable () async throws -> Bool
    ) async throws -> Bool { false }
    func diskUse() async throws -> Double? { nil }
    func check() async throws(ExecutorError) -> String { "scripted" }
}
