import Logging
import Runner
import ServiceLifecycle
import Store

/// Queued jobs → the executor, as many at once as there are slots.
///
/// It begins with the jobs that an earlier process left running (recovery): each of them takes a slot and is continued
/// from whatever its containers have come to. Then containers of jobs that nobody knows are removed.
public struct Scheduler: Service {
    private let configuration: ControllerConfiguration
    private let store: Store
    private let executor: any Executor
    private let logger: Logger
    private let jobRun: JobRun

    /// - Parameter executor: what runs the jobs.
    init(
        configuration: ControllerConfiguration, store: Store, executor: any Executor, mirrors: ProjectMirrors,
        logger: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.executor = executor
        self.logger = logger
        jobRun = JobRun(
            configuration: configuration, store: store, executor: executor,
            mirrors: mirrors, logger: logger)
    }

    /// Runs until graceful shutdown. Jobs that still run then are left to the next process.
    public func run() async throws {
        let slots = JobSlots(limit: configuration.maximumJobs)
        let (claimed, claims) = AsyncStream.makeStream(of: Claim.self)
        await withDiscardingTaskGroup { group in
            group.addTask { await executor.maintain(instance: configuration.instance) }
            group.addTask {
                await recover(slots, claims)
                await PassLoop(topics: [.builds], interval: .seconds(30), changes: store.changes).run {
                    await fill(slots, claims)
                }
                claims.finish()
            }
            for await claim in claimed {
                group.addTask {
                    await jobRun.run(claim.job, isNew: claim.isNew)
                    slots.release()
                    // The slot is free only now, after the wake-up that the job's end itself gave.
                    store.changes.notify([.builds])
                }
            }
            group.cancelAll()
        }
    }

    private struct Claim {
        var job: ClaimedJob
        /// Whether no process has begun with it.
        var isNew: Bool
    }

    /// Takes up what an earlier process began. Repeated until it works: without it those jobs would never end.
    private func recover(_ slots: JobSlots, _ claims: AsyncStream<Claim>.Continuation) async {
        var failures = 0
        while !Task.isCancelled {
            do {
                let running = try await store.runningJobs()
                for job in running {
                    slots.take()
                    claims.yield(Claim(job: job, isNew: false))
                    logger.info("job taken up again", metadata: ["job": "\(job.job.id)"])
                }
                return
            } catch {
                failures += 1
                logger.error("the running jobs could not be read: \(error)")
                do { try await Task.sleep(for: Backoff().delay(after: failures)) } catch { return }
            }
        }
    }

    /// Claims jobs while there are slots. Answers when to look again after trouble.
    private func fill(_ slots: JobSlots, _ claims: AsyncStream<Claim>.Continuation) async -> Duration? {
        while !Task.isCancelled, slots.takeIfFree() {
            do {
                guard let job = try await store.claimNextJob() else {
                    slots.release()
                    return nil
                }
                claims.yield(Claim(job: job, isNew: true))
            } catch {
                slots.release()
                logger.error("no job could be claimed: \(error)")
                return .seconds(2)
            }
        }
        return nil
    }
}
