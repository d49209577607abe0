import Synchronization

/// One transfer as both sides see it: the driving thread puts the response in, one task takes it out.
final class Exchange: Sendable {
    /// With more unread bytes than this the transfer pauses.
    static let highWater = 256 << 10
    /// With more than this libcurl is told to stop in the middle of a round, which may bring many reads.
    static let limit = 512 << 10

    /// What became of the bytes that libcurl offered.
    enum Offer {
        case taken, full, ended
    }

    let order: Order
    let address: CurlAddress
    let timeouts: CurlTimeouts
    let upload: Upload?
    /// Whether so much may come or go that large buffers are worth their memory.
    let isLarge: Bool
    let started = ContinuousClock.now
    private let state = Mutex(ReceiveState())

    init(_ order: Order, _ address: CurlAddress, upload: Upload?, isLarge: Bool) {
        self.order = order
        self.address = address
        self.upload = upload
        self.isLarge = isLarge
        timeouts = order.timeouts
    }

    /// An error that says which request it is about.
    func error(_ kind: CurlError.Kind, _ words: String) -> CurlError {
        CurlError(kind, "\(address): \(address.redact(words))")
    }

    // MARK: - The driving thread's side

    /// The response's headers have come.
    func announce(_ head: ResponseHead) {
        state.withLock { $0.head = head }
    }

    /// Keeps a piece of the body. The reader hears of it in `handOver` only, when libcurl has no more at the moment.
    func append(_ bytes: UnsafeRawBufferPointer) -> Offer {
        state.withLock { state in
            guard state.end == nil else { return .ended }
            guard state.unread.count + bytes.count <= Self.limit else {
                state.isPaused = true
                return .full
            }
            state.append(bytes)
            return .taken
        }
    }

    /// Wakes whoever waits for what came. Says whether the transfer has to pause, because nobody takes it.
    func handOver() -> Bool {
        let (wake, isPaused) = state.withLock { state in
            let wake = state.wake()
            if state.unread.count > Self.highWater { state.isPaused = true }
            return (wake, state.isPaused)
        }
        wake()
        return isPaused
    }

    /// The end, which the reader sees after all that came before it.
    func finish(_ result: Result<Void, CurlError>) {
        end(result) { _ in }
    }

    // MARK: - The reader's side

    /// Whether the transfer has ended.
    var isOver: Bool { state.withLock { $0.end != nil } }

    /// Drops what was not read. Says whether the transfer was still under way.
    func abandon(_ error: CurlError) -> Bool {
        end(.failure(error)) { $0.unread = [] }
    }

    /// Calls back with the head, now or later.
    func awaitHead(_ waiter: ReceiveState.HeadWaiter) {
        let wake = state.withLock { state in
            state.headWaiter = waiter
            return state.wake()
        }
        wake()
    }

    /// What is there at once, `nil` if that is neither bytes nor the end; and whether the transfer waited for this.
    func takeReady() -> (ready: Result<[UInt8]?, CurlError>?, wasPaused: Bool) {
        state.withLock { state in
            let wasPaused = state.isPaused
            let ready = state.take()
            return (ready, wasPaused && !state.isPaused)
        }
    }

    /// Calls back with the next bytes, now or later. Says whether the transfer waited for this.
    func awaitBody(_ waiter: ReceiveState.BodyWaiter) -> Bool {
        let (ready, wasPaused) = state.withLock { state -> (Result<[UInt8]?, CurlError>?, Bool) in
            guard state.bodyWaiter == nil else {
                return (.failure(error(.transfer, "the response's body has another reader")), false)
            }
            let wasPaused = state.isPaused
            let ready = state.take()
            if ready == nil { state.bodyWaiter = waiter }
            return (ready, wasPaused && !state.isPaused)
        }
        if let ready { waiter.resume(returning: ready) }
        return wasPaused
    }

    // MARK: - Both sides'

    @discardableResult
    private func end(_ result: Result<Void, CurlError>, _ change: (inout ReceiveState) -> Void) -> Bool {
        upload?.stop()
        let (wake, isNews) = state.withLock { state in
            change(&state)
            let isNews = state.end == nil
            if isNews {
                state.end = result
                if case .success = result, state.head == nil {
                    state.end = .failure(error(.transfer, "the connection ended without a response"))
                }
            }
            return (state.wake(), isNews)
        }
        wake()
        return isNews
    }
}
