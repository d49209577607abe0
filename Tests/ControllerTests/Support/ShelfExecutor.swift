import Foundation
import Git
import Model
import Runner
import Synchronization

@testable import Controller

/// An engine of which only the shelf of cached images is real; jobs say on which image they begin, and succeed.
final class ShelfExecutor: Executor {
    private struct State {
        var images: [CachedImage] = []
        var inUse: Set<String> = []
        var runs: [String] = []
        var diskUse: [Double] = []
    }

    private let state = Mutex(State())
    private let outcome: JobOutcome
    private let baseImage: String

    init(_ images: [CachedImage] = [], baseImage: String = "sha256:base", outcome: JobOutcome = .success) {
        self.outcome = outcome
        self.baseImage = baseImage
        state.withLock { $0.images = images }
    }

    /// The keys of the images that are there.
    var keys: [String] { state.withLock { $0.images.map(\.key).sorted() } }
    /// The hooks whose scripts ran.
    var runs: [String] { state.withLock { $0.runs } }

    func use(_ key: String) { _ = state.withLock { $0.inUse.insert(key) } }
    /// What the disk says, one look after the other; the last answer stays.
    func fill(disk uses: [Double]) { state.withLock { $0.diskUse = uses } }

    func run(
        _ job: JobSpec, mirror: GitMirror, log: any LogSink, control: JobControl,
        progress: @escaping @Sendable (JobProgress) async throws -> Void
    ) async throws -> JobOutcome {
        try await progress(.baseImage(id: baseImage, digest: nil))
        state.withLock { $0.runs.append(job.hook.id.description) }
        return outcome
    }

    func cleanUp(_ jobID: Int64, attempt: Int, instance: String) async {}
    func sweep(instance: String, keep: @Sendable () async throws -> Set<JobAttempt>) async throws {}
    func check() async throws(ExecutorError) -> String { "shelf" }

    func cachedImages(instance: String) async throws -> [CachedImage] { state.withLock { $0.images } }

    func removeCachedImage(
        _ image: CachedImage, unless isWanted: @Sendable () async throws -> Bool
    ) async throws -> Bool {
        if try await isWanted() || state.withLock({ $0.inUse.contains(image.key) }) { return false }
        state.withLock { $0.images.removeAll { $0 == image } }
        return true
    }

    func diskUse() async throws -> Double? {
        state.withLock { $0.diskUse.count > 1 ? $0.diskUse.removeFirst() : $0.diskUse.first }
    }
}
