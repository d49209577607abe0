import Synchronization
import Testing

@testable import Store

@Suite("Reads wait for a connection without holding a thread")
struct ConnectionLimitTests {
    private final class Seen: Sendable {
        private let state = Mutex((now: 0, most: 0, all: 0))
        var most: Int { state.withLock { $0.most } }
        var all: Int { state.withLock { $0.all } }

        func enter() {
            state.withLock { state in
                state.now += 1
                state.all += 1
                state.most = max(state.most, state.now)
            }
        }

        func leave() { state.withLock { $0.now -= 1 } }
    }

    @Test("never more than there are connections, and all come in", arguments: [1, 3])
    func limit(count: Int) async {
        let (readers, seen) = (ConnectionLimit(count), Seen())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 {
                group.addTask {
                    await readers.enter()
                    seen.enter()
                    await Task.yield()
                    seen.leave()
                    readers.leave()
                }
            }
        }
        #expect(seen.all == 1000)
        #expect(seen.most <= count)
    }
}
