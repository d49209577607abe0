import Git
import Model

/// Runs jobs somewhere. Nothing above this protocol assumes that containers and controller share a disk.
public protocol Executor: Sendable {
    /// Runs the attempt to its end, or continues what an earlier process began: it looks for this attempt's containers
    /// first, unless the attempt is new. Calling it again after the end gives the same outcome as long as `cleanUp` was not called.
    ///
    /// - Parameters:
    ///   - mirror: holds the job's commit once `progress` returned for `.commit`; fetching is the caller's business. For an
    ///     attempt that is not new it holds it from the beginning.
    ///   - progress: called at each change and waited for. What it throws ends the run where it is and is thrown on: at
    ///     `.baseImage` nothing was made yet, unless an earlier process had begun; at `.commit` no script was started.
    /// - Throws: `CancellationError` when the Swift task was cancelled, which means that the controller shuts down:
    ///   containers are left running for the next process. Errors of `log` and `progress`. Everything else is an outcome.
    func run(
        _ job: JobSpec, mirror: GitMirror, log: any LogSink, control: JobControl,
        progress: @escaping @Sendable (JobProgress) async throws -> Void
    ) async throws -> JobOutcome

    /// Removes the attempt's containers and volumes. Call it only after the outcome is stored. Trouble is logged and
    /// left to the next sweep.
    func cleanUp(_ jobID: Int64, attempt: Int, instance: String) async

    /// Removes everything that is labelled with this instance and belongs to no attempt of `keep`. Never touches what
    /// belongs to other instances.
    ///
    /// - Parameter keep: asked after the look at what is there: whatever a job makes, it makes after it was claimed, so
    ///   one that began meanwhile is either not seen or kept.
    func sweep(instance: String, keep: @Sendable () async throws -> Set<JobAttempt>) async throws

    /// The images that install scripts of this instance's jobs left behind.
    ///
    /// - Throws: the engine's error.
    func cachedImages(instance: String) async throws -> [CachedImage]

    /// Removes a cached image, unless a job or a container of any kind uses it.
    ///
    /// - Parameter isWanted: asked while no job can begin with the image: a job says by its progress that it does, and
    ///   waits until that is stored.
    /// - Returns: whether it is gone.
    /// - Throws: the engine's error, and what `isWanted` throws.
    func removeCachedImage(
        _ image: CachedImage, unless isWanted: @Sendable () async throws -> Bool
    ) async throws -> Bool

    /// How full the disk is that images lie on, from 0 to 1; `nil` when that cannot be known.
    ///
    /// - Throws: the engine's error.
    func diskUse() async throws -> Double?

    /// Keeps ready what lets the instance's jobs start sooner. Runs until the task is cancelled and removes it then. Jobs
    /// run without it as well.
    func maintain(instance: String) async

    /// Whether jobs can run; the version, for the health page.
    func check() async throws(ExecutorError) -> String
}

extension Executor {
    /// Nothing is kept ready.
    public func maintain(instance: String) async {}
}

/// Why no job can run.
public struct ExecutorError: Error, Sendable, CustomStringConvertible {
    /// One sentence with the engine's own words.
    public let description: String

    /// Takes the sentence.
    public init(_ description: String) { self.description = description }
}
