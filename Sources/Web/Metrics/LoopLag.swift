import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// How late work begins that could begin at once: the largest delay of the last minute, for the threads that serve
/// connections and for those that run tasks.
final class LoopLag: Service {
    private struct Delays {
        var network: [Duration] = []
        var tasks: [Duration] = []
    }

    private let delays = Mutex(Delays())
    private let clock = ContinuousClock()

    /// In seconds; `nil` before the first look.
    var values: (network: Double?, tasks: Double?) {
        delays.withLock { ($0.network.max().map { $0 / .seconds(1) }, $0.tasks.max().map { $0 / .seconds(1) }) }
    }

    /// Looks every five seconds until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let start = self.clock.now
                guard (try? await Task.sleep(for: .seconds(5))) != nil else { return }
                let tasks = self.clock.now - start - .seconds(5)
                let network = await self.network()
                self.delays.withLock { delays in
                    delays.tasks = delays.tasks.suffix(11) + [max(.zero, tasks)]
                    delays.network = delays.network.suffix(11) + [network]
                }
            }
        }
    }

    /// Of the slowest of all loops, which are asked together.
    private func network() async -> Duration {
        await withTaskGroup(of: Duration.self) { group in
            for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
                group.addTask {
                    let start = self.clock.now
                    try? await loop.submit {}.get()
                    return self.clock.now - start
                }
            }
            return await group.reduce(.zero) { max($0, $1) }
        }
    }
}
