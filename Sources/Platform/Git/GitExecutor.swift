import Dispatch

/// Runs an actor's jobs one after the other on a dispatch queue: libgit2 blocks, and a blocked thread of the
/// cooperative pool would hold up every other task.
final class GitExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "kozmic.git")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
