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
    private let jobID: Int64
    private let phases: AsyncStream<JobPhase>
    private let feed: AsyncStream<JobPhase>.Continuation
    private let state: Mutex<State>

    private struct State {
        /// Known, and stored with what comes next.
        var image: (id: String, digest: String?)?
        var isPulled: Bool
        /// What the job is at, and what is known to be stored.
        var latest: JobPhase?
        var stored: JobPhase?
    }

    /// - Parameter isNew: whether the job is as it was claimed; another one may have gone on since it was read.
    init(_ store: Store, _ job: JobRecord, isNew: Bool) {
        (self.store, jobID) = (store, job.id)
        state = Mutex(State(isPulled: job.pullStartedAt != nil, stored: isNew ? job.phase : nil))
        (phases, feed) = AsyncStream.makeStream(of: JobPhase.self)
    }

    /// Stores phases until `end`.
    func run() async throws {
        for await phase in phases {
            // Something later may be stored already.
            guard state.withLock({ $0.latest == phase && $0.stored != phase }) else { continue }
            try await store.recordProgress(jobID, phase: phase)
            state.withLock { $0.stored = phase }
        }
    }

    /// No phase comes any more.
    func end() { feed.finish() }

    /// The job is at something else now.
    func note(_ phase: JobPhase) async throws {
        let image = state.withLock { state in
            if phase == .pulling { state.isPulled = true }
            state.latest = phase
            return state.image.take()
        }
        guard let image else {
            feed.yield(phase)
            return
        }
        try await store.recordProgress(jobID, phase: phase, baseImageID: image.id, digest: image.digest)
        state.withLock { $0.stored = phase }
    }

    /// The base image is found. When it was pulled, its time is when the pull ended.
    func note(imageID: String, digest: String?, isUrgent: Bool) async throws {
        let isHeld = state.withLock { state in
            guard !isUrgent, !state.isPulled else { return false }
            state.image = (imageID, digest)
            return true
        }
        if !isHeld { try await store.recordProgress(jobID, baseImageID: imageID, digest: digest) }
    }

    /// The name of the cached image is known.
    func note(cacheKey: String, reused: Bool) async throws {
        let image = state.withLock { $0.image.take() }
        try await store.recordProgress(
            jobID, baseImageID: image?.id, digest: image?.digest, cacheKey: cacheKey, reused: reused)
    }

    /// Stores what was kept for something that did not come.
    func settle() async throws {
        guard let image = state.withLock({ $0.image.take() }) else { return }
        try await store.recordProgress(jobID, baseImageID: image.id, digest: image.digest)
    }
}
