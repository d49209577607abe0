import CLibcurl
import Glibc

/// A transfer as libcurl sees it: the easy handle, and all that its callbacks touch. It lives on the driving thread only.
///
/// It is the callbacks' context and keeps itself alive for them until `close`, which its driver calls after it has taken
/// the handle out of the multi handle.
final class Transfer {
    let easy: UnsafeMutableRawPointer
    let exchange: Exchange
    var headers: HeaderReader?
    /// What libcurl is told to pause, in one call for both directions.
    var isReceivePaused = false
    var isSendPaused = false
    /// Whether the connection stands, and the request is on its way.
    var isConnected = false
    /// Whether something came or went since the driver looked.
    var hasMoved = false
    var lastMove = ContinuousClock.now
    /// Whether the driver has to look at the deadline: it became earlier.
    var hasNewDeadline = false
    /// Why a callback stopped the transfer, when it was not libcurl's own decision.
    var problem: CurlError?
    private var bytesSeen: Int64 = 0
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var context: Unmanaged<Transfer>?

    init(_ exchange: Exchange, _ options: CurlOptions) throws(CurlError) {
        guard let easy = curl_easy_init() else { throw exchange.error(.transfer, "out of memory") }
        self.easy = easy
        self.exchange = exchange
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        context = Unmanaged.passRetained(self)
        do throws(CurlError) {
            try prepare(options)
        } catch {
            close()
            throw error
        }
    }

    deinit {
        words.deallocate()
    }

    /// The context that a callback got.
    static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The transfer of an easy handle.
    static func of(easy: UnsafeMutableRawPointer?) -> Transfer? {
        var pointer: UnsafeMutableRawPointer?
        guard let easy, curl_shim_get_pointer(easy, CURLINFO_PRIVATE, &pointer) == CURLE_OK else { return nil }
        return of(pointer)
    }

    /// Gives the handle back. The callbacks are never called again.
    func close() {
        guard let context else { return }
        self.context = nil
        curl_easy_cleanup(easy)
        for list in lists { curl_slist_free_all(list) }
        lists = []
        context.release()
    }

    /// Tells libcurl which directions are paused now. What it kept back comes within this call.
    func applyPauses() -> CURLcode {
        let receive = isReceivePaused ? CURLPAUSE_RECV : 0
        let send = isSendPaused ? CURLPAUSE_SEND : 0
        return curl_easy_pause(easy, receive | send)
    }

    /// At the end there is a head, if there was none before: of a redirect that was not followed, or a mail server's.
    func announceLate() {
        if let head = headers?.releaseRedirect() {
            exchange.announce(head)
        } else if case .mail = exchange.order {
            exchange.announce(ResponseHead(status: 250))
        }
    }

    // MARK: - Time

    /// The next moment at which the transfer is overdue.
    var deadline: (instant: ContinuousClock.Instant, limit: CurlError.Timeout)? {
        let overall = exchange.timeouts.overall.map { exchange.started + Self.bounded($0) }
        // While the transfer waits for us the peer has nothing to move; before, libcurl's limit for connecting counts.
        let isWaiting = isConnected && !isReceivePaused && !isSendPaused
        let idle = isWaiting ? exchange.timeouts.idle.map { lastMove + Self.bounded($0) } : nil
        if let idle, idle < overall ?? idle + .seconds(1) { return (idle, .idle) }
        return overall.map { ($0, .overall) }
    }

    /// A limit that can be added to a moment.
    private static func bounded(_ limit: Duration) -> Duration {
        min(limit, .seconds(1_000_000_000))
    }

    /// Bytes moved: the idle clock starts anew.
    func moved(at now: ContinuousClock.Instant) {
        (lastMove, bytesSeen) = (now, bytesMoved)
    }

    /// Whether bytes moved that no callback told of: what libcurl asked for in one piece leaves it bit by bit.
    var hasSilentlyMoved: Bool {
        bytesMoved != bytesSeen
    }

    private var bytesMoved: Int64 {
        var (up, down): (curl_off_t, curl_off_t) = (0, 0)
        _ = curl_shim_get_offset(easy, CURLINFO_SIZE_UPLOAD_T, &up)
        _ = curl_shim_get_offset(easy, CURLINFO_SIZE_DOWNLOAD_T, &down)
        return Int64(up) + Int64(down)
    }

    // MARK: - Options

    /// The callbacks' context.
    var pointer: UnsafeMutableRawPointer {
        Unmanaged.passUnretained(self).toOpaque()
    }

    /// A list that lives as long as the handle.
    func list(_ items: [String]) throws(CurlError) -> UnsafeMutablePointer<curl_slist>? {
        var list: UnsafeMutablePointer<curl_slist>?
        for item in items {
            guard let longer = curl_slist_append(list, item) else {
                curl_slist_free_all(list)
                throw exchange.error(.transfer, "out of memory")
            }
            list = longer
        }
        if let list { lists.append(list) }
        return list
    }

    /// Says that an option was refused.
    func check(_ code: CURLcode) throws(CurlError) {
        guard code == CURLE_OK else { throw error(code) }
    }

    func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
        try check(curl_shim_set_long(easy, option, value))
    }

    func set(_ option: CURLoption, _ value: String) throws(CurlError) {
        try check(curl_shim_set_string(easy, option, value))
    }

    /// libcurl's own words about what went wrong; empty when it has none.
    var libraryWords: String {
        String(cString: words)
    }

    func setErrorBuffer() throws(CurlError) {
        try check(curl_shim_set_pointer(easy, CURLOPT_ERRORBUFFER, words))
    }
}
