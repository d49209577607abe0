import Model
import Runner
import Store
import Synchronization

/// Stores what a running job is at.
///
/// A phase is for those who watch: the job goes on meanwhile. What a later process or the build's record needs is stored
/// before the job goes on, in as few transactions as that takes: each costs a flush of the disk.
final class JobProgressRecord: Sendable {
    private let store: Store
    private let job: JobRecord
    private let phases: AsyncStream<JobPhase>
    private let feed: AsyncStream<JobPhase>.Continuation
    private let state = Mutex(State())

    private struct State {
        /// Known, and stored with what comes next.
        var image: (id: String, digest: String?)?
        var isPulled = false
    }

    init(_ store: Store, _ job: JobRecord) {
        (self.store, self.job) = (store, job)
        (phases, feed) = AsyncStream.makeStream(of: JobPhase.self)
    }

    /// Stores phases until `end`.
    func run() async throws {
        var known = job.phase
        for await phase in phases where phase != known {
            try await store.recordProgress(job.id, phase: phase)
            known = phase
        }
    }

    /// No phase comes any more.
    func end() { feed.finish() }

    /// The job is at something else now.
    func note(_ phase: JobPhase) async throws {
        let image = state.withLock { state in
            if phase == .pulling { state.isPulled = true }
            return state.image.take()
        }
        guard let image else {
            feed.yield(phase)
            return
        }
        try await store.recordProgress(job.id, phase: phase, baseImageID: image.id, digest: image.digest)
    }

    /// The base image is found. When it was pulled, its time is when the pull ended.
    func note(imageID: String, digest: String?, isUrgent: Bool) async throws {
        let isHeld = state.withLock { state in
            guard !isUrgent, !state.isPulled else { return false }
            state.image = (imageID, digest)
            return true
        }
        if !isHeld { try await store.recordProgress(job.id, baseImageID: imageID, digest: digest) }
    }

    /// The name of the cached image is known.
    func note(cacheKey: String, reused: Bool) async throws {
        let image = state.withLock { $0.image.take() }
        try await store.recordProgress(
            job.id, baseImageID: image?.id, digest: image?.digest, cacheKey: cacheKey, reused: reused)
    }

    /// Stores what was kept for something that did not come.
    func settle() async throws {
        guard let image = state.withLock({ $0.image.take() }) else { return }
        try await store.recordProgress(job.id, baseImageID: image.id, digest: image.digest)
    }
}
