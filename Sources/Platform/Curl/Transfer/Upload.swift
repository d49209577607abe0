import Synchronization

/// The body of a request between its source and libcurl, which asks for it piece by piece.
final class Upload: Sendable {
    /// What libcurl gets when it asks.
    enum Piece: Equatable {
        /// So many bytes.
        case bytes(Int)
        /// Nothing yet.
        case later
        /// Nothing more.
        case end
    }

    private struct State {
        /// What is being sent, from `offset` on, and what comes after it.
        var current: [UInt8] = []
        var offset = 0
        var queued: [UInt8]?
        var given: Int64 = 0
        var isComplete = false
        var isStopped = false
        /// libcurl was told to wait.
        var isStarved = false
        var source: CheckedContinuation<Bool, Never>?
        var task: Task<Void, Never>?
    }

    /// How many bytes it will be, if that is known.
    let length: Int64?
    private let isWhole: Bool
    private let state: Mutex<State>

    /// A body that is there already.
    init(_ bytes: [UInt8]) {
        length = Int64(bytes.count)
        isWhole = true
        state = Mutex(State(current: bytes, isComplete: true))
    }

    /// A body whose source is pumped by `start`.
    init(length: Int64?) {
        self.length = length
        isWhole = false
        state = Mutex(State())
    }

    // MARK: - The driving thread's side

    /// Copies the next bytes.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Piece {
        let (piece, source) = state.withLock { state -> (Piece, CheckedContinuation<Bool, Never>?) in
            var source: CheckedContinuation<Bool, Never>?
            if state.offset == state.current.count, let queued = state.queued {
                (state.current, state.offset, state.queued) = (queued, 0, nil)
                source = state.source
                state.source = nil
            }
            let count = min(buffer.count, state.current.count - state.offset)
            guard count > 0 else {
                state.isStarved = !state.isComplete
                return (state.isComplete ? .end : .later, source)
            }
            state.current.withUnsafeBytes { bytes in
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[state.offset..<state.offset + count]))
            }
            state.offset += count
            state.given += Int64(count)
            return (.bytes(count), source)
        }
        source?.resume(returning: true)
        return piece
    }

    /// Goes back to the beginning, for a connection that turned out to be closed. A source that was read already cannot.
    func rewind() -> Bool {
        state.withLock { state in
            guard state.given > 0 else { return true }
            guard isWhole else { return false }
            (state.offset, state.given) = (0, 0)
            return true
        }
    }

    /// The transfer has ended: the source need not go on.
    func stop() {
        let (task, source) = state.withLock { state in
            state.isStopped = true
            (state.current, state.offset, state.queued) = ([], 0, nil)
            defer { (state.task, state.source) = (nil, nil) }
            return (state.task, state.source)
        }
        source?.resume(returning: false)
        task?.cancel()
    }

    // MARK: - The source's side

    /// Pumps the source until its end, or until the transfer's. `wake` is called when libcurl waits for bytes, `fail`
    /// when the source failed.
    func start(
        _ source: any AsyncSequence<[UInt8], any Error> & Sendable, wake: @escaping @Sendable () -> Void,
        fail: @escaping @Sendable (String) -> Void
    ) {
        let task = Task { [self] in
            do {
                var count: Int64 = 0
                for try await chunk in source where !chunk.isEmpty {
                    count += Int64(chunk.count)
                    if let length, count > length {
                        return fail("the source of the body gave more than the \(length) bytes that were announced")
                    }
                    guard await offer(chunk, wake) else { return }
                }
                if let length, count < length {
                    return fail("the source of the body gave \(count) of the \(length) bytes that were announced")
                }
                if complete() { wake() }
            } catch {
                fail("the source of the body failed: \(error)")
            }
        }
        let isStopped = state.withLock { state in
            if !state.isStopped { state.task = task }
            return state.isStopped
        }
        if isStopped { task.cancel() }
    }

    /// Returns when there is room for one more chunk; false when nobody wants it.
    private func offer(_ chunk: [UInt8], _ wake: () -> Void) async -> Bool {
        await withCheckedContinuation { continuation in
            let (answer, isStarved) = state.withLock { state -> (Bool?, Bool) in
                guard !state.isStopped else { return (false, false) }
                let isStarved = state.isStarved
                state.isStarved = false
                if state.offset == state.current.count, state.queued == nil {
                    (state.current, state.offset) = (chunk, 0)
                    return (true, isStarved)
                }
                state.queued = chunk
                state.source = continuation
                return (nil, isStarved)
            }
            if isStarved { wake() }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    private func complete() -> Bool {
        state.withLock { state in
            state.isComplete = true
            defer { state.isStarved = false }
            return state.isStarved
        }
    }
}
