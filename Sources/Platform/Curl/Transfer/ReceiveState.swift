/// The response between the driving thread and the reader. Continuations are never resumed in here: the lock that guards
/// this is open again when `Wake` is called.
struct ReceiveState {
    typealias HeadWaiter = CheckedContinuation<Result<ResponseHead, CurlError>, Never>
    typealias BodyWaiter = CheckedContinuation<Result<[UInt8]?, CurlError>, Never>

    /// Whom to tell what.
    struct Wake {
        fileprivate var head: (HeadWaiter, Result<ResponseHead, CurlError>)?
        fileprivate var body: (BodyWaiter, Result<[UInt8]?, CurlError>)?

        func callAsFunction() {
            if let (waiter, result) = head { waiter.resume(returning: result) }
            if let (waiter, result) = body { waiter.resume(returning: result) }
        }
    }

    var head: ResponseHead?
    var headWaiter: HeadWaiter?
    var bodyWaiter: BodyWaiter?
    var unread: [UInt8] = []
    /// Whether libcurl holds back until the reader has taken what is there.
    var isPaused = false
    var end: Result<Void, CurlError>?
    /// How much the reader took the last time: about as much will come again.
    private var usual = 0

    /// Keeps a piece of the body.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if unread.isEmpty, usual > bytes.count { unread.reserveCapacity(usual) }
        unread.append(contentsOf: bytes)
    }

    /// What there is to read: bytes, or else the end; `nil` for neither. The transfer need not pause any longer.
    mutating func take() -> Result<[UInt8]?, CurlError>? {
        guard !unread.isEmpty else { return end?.map { nil } }
        let chunk = unread
        usual = chunk.count
        unread = []
        isPaused = false
        return .success(chunk)
    }

    /// Those who waited for what is there now.
    mutating func wake() -> Wake {
        var wake = Wake()
        if let waiter = headWaiter, let result = head.map({ .success($0) }) ?? failure {
            wake.head = (waiter, result)
            headWaiter = nil
        }
        if let waiter = bodyWaiter, let result = take() {
            wake.body = (waiter, result)
            bodyWaiter = nil
        }
        return wake
    }

    private var failure: Result<ResponseHead, CurlError>? {
        if case .failure(let error) = end { .failure(error) } else { nil }
    }
}
