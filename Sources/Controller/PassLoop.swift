import ServiceLifecycle
import Store

/// The one shape of every loop in the controller: a pass over the stored state, again whenever something changed, and
/// again after a while although nothing seems to have changed.
///
/// A wake-up that comes during a pass leads to one more pass; more of them still lead to one. Nothing depends on a
/// wake-up: what it would have hastened is found by the next pass.
struct PassLoop: Sendable {
    /// The changes of the store that make a pass worthwhile.
    var topics: Set<ChangeSignal.Topic>
    /// The longest time between two passes; each wait is shortened by up to a tenth, so that many servers that were
    /// started together do not ask together for ever.
    var interval: Duration
    /// Where the changes come from.
    var changes: ChangeSignal
    /// How long after a pass changes are only gathered.
    var rest = Duration.zero

    /// Runs until graceful shutdown or cancellation, the pass under way included. `pass` answers when it would like to
    /// be called again at the latest, or `nil` for "within the interval".
    func run(_ pass: @escaping @Sendable () async -> Duration?) async {
        let (wakeUps, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        changes.subscribe(topics, waking: waker)
        waker.yield()
        // Not `cancelOnGracefulShutdown`: it merges two sequences, and each wake-up then takes four turns of three tasks.
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                // The earliest alarm that has not rung. A later one needs no task of its own, so few ever wait.
                var alarm: ContinuousClock.Instant?
                for await _ in wakeUps {
                    guard !Task.isShuttingDownGracefully else { break }
                    let wanted = min(await pass() ?? interval, interval) * Double.random(in: 0.9...1)
                    let deadline = ContinuousClock.now + wanted
                    if rest > .zero, wanted > .zero { try? await Task.sleep(for: rest) }
                    if let alarm, alarm > .now, alarm <= deadline { continue }
                    alarm = deadline
                    group.addTask {
                        do { try await Task.sleep(until: deadline, clock: .continuous) } catch { return }
                        waker.yield()
                    }
                }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            waker.finish()
        }
    }
}
