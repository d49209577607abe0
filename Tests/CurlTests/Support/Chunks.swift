import Synchronization

/// A source of chunks that counts what was taken from it, and may fail or stall after the last one.
final class Chunks: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    typealias Failure = any Error

    enum Ending: Sendable {
        case normal, failing, stalling
    }

    struct Broken: Error, CustomStringConvertible {
        var description: String { "disk on fire" }
    }

    let chunks: [[UInt8]]
    let ending: Ending
    /// How many chunks were asked for.
    let taken = Atomic(0)
    /// Tells when the source was cancelled while it stalled.
    let cancelled = Signal<Bool>()

    /// The first chunk is there when this was told.
    let start: Signal<Bool>?

    init(_ chunks: [[UInt8]], ending: Ending = .normal, after start: Signal<Bool>? = nil) {
        self.chunks = chunks
        self.ending = ending
        self.start = start
    }

    func makeAsyncIterator() -> Iterator { Iterator(source: self) }

    struct Iterator: AsyncIteratorProtocol {
        let source: Chunks
        var index = 0

        mutating func next() async throws -> [UInt8]? {
            if index == 0, let start = source.start { _ = try await start.value() }
            guard index < source.chunks.count else {
                switch source.ending {
                case .normal: return nil
                case .failing: throw Broken()
                case .stalling:
                    do {
                        try await Task.sleep(for: .seconds(30))
                    } catch {
                        source.cancelled.send(true)
                    }
                    return nil
                }
            }
            defer { index += 1 }
            source.taken.add(1, ordering: .relaxed)
            return source.chunks[index]
        }
    }
}
