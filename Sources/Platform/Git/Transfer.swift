import CLibgit2
import Dispatch
import Glibc
import Synchronization

/// One conversation with a remote: what ends it early, what went wrong in a callback, and how often it was asked for
/// credentials.
///
/// libgit2 waits for a silent server without end (it has no timeout before 1.7). The sockets are therefore ours (see
/// `SocketStream`), and a timer or a cancellation shuts them down, which wakes the blocked thread with an error: no thread
/// stays behind. Only the resolution of a host name cannot be interrupted; the resolver's own timeout ends that.
final class Transfer: Sendable {
    /// Silence of this length ends a connection.
    static let silence: Duration = .seconds(120)

    struct State {
        var failure: GitError?
        var isStopped = false
        var attempts = 0
        var sockets: Set<Int32> = []
        var lastSign = ContinuousClock.now
        var lastReport: ContinuousClock.Instant?
        var changedReferences = 0
    }

    /// Whose fault a failure is depends on what was going on.
    enum Stage {
        /// Reaching the remote: everything that fails is about the remote.
        case connecting
        /// Comparing and storing: a damaged mirror shows here.
        case storing
    }

    let remote: GitRemote
    let address: RemoteAddress
    let timeout: Duration
    let progress: (@Sendable (GitProgress) -> Void)?
    let state = Mutex(State())

    private static let running = Mutex<[pthread_t: Transfer]>([:])
    private static let watch = DispatchQueue(label: "kozmic.git.watch")

    /// Checks the remote's address against its credentials; nothing is opened.
    init(_ remote: GitRemote, timeout: Duration, progress: (@Sendable (GitProgress) -> Void)? = nil) throws(GitError) {
        address = try RemoteAddress(remote.url)
        switch (remote.credentials, address.scheme) {
        case (.none, _), (.renewed, _), (.basic, .http), (.basic, .https), (.ssh, .ssh), (_, .file): break
        case (.basic, .ssh): throw GitError(.invalid, "an SSH address needs a key, not a user name and a password")
        case (.ssh, _): throw GitError(.invalid, "an SSH key is of no use for \(address.url)")
        }
        self.remote = remote
        self.timeout = timeout
        self.progress = progress
    }

    /// The transfer that the calling thread works for.
    static var current: Transfer? {
        running.withLock { $0[pthread_self()] }
    }

    /// Runs the blocking conversation on the calling thread.
    func run<Value>(_ body: () throws(GitError) -> Value) throws(GitError) -> Value {
        let thread = pthread_self()
        Self.running.withLock { $0[thread] = self }
        defer { Self.running.withLock { $0[thread] = nil } }

        let deadline = ContinuousClock.now + timeout
        let timer = DispatchSource.makeTimerSource(queue: Self.watch)
        let first = min(timeout, .milliseconds(500))
        timer.schedule(
            deadline: .now() + .nanoseconds(Int(max(first, .zero) / .nanoseconds(1))), repeating: .milliseconds(500))
        timer.setEventHandler { [self] in watch(deadline) }
        timer.resume()
        defer { timer.cancel() }

        touch()
        guard address.scheme == .https else { return try body() }
        try TrustedAuthorities.enter(remote.caFile) { () throws(GitError) in try checkpoint() }
        defer { TrustedAuthorities.leave() }
        return try body()
    }

    /// Ends the transfer from any thread; the first reason given stays.
    func stop(_ error: GitError) {
        state.withLock { state in
            state.failure = state.isStopped ? state.failure : error
            state.isStopped = true
            // Under the lock, so that a descriptor which `SocketStream.close` gave up is not shut down for its next owner.
            for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Ends the transfer because its task was cancelled.
    func cancel() {
        stop(GitError(.cancelled, "the transfer from \(address.url) was cancelled"))
    }

    /// Notes a failure that libgit2 would report in fewer words.
    func fail(_ error: GitError) {
        state.withLock { $0.failure = $0.failure ?? error }
    }

    /// Notes that the other side is alive.
    func touch() {
        state.withLock { $0.lastSign = .now }
    }

    /// Whether callbacks should end the transfer. The task is asked too, because a lookup that repairs its mirror has no
    /// cancellation handler.
    var isStopped: Bool {
        if Task.isCancelled { cancel() }
        return state.withLock(\.isStopped)
    }

    /// Throws when the transfer was ended.
    func checkpoint() throws(GitError) {
        if isStopped { throw state.withLock(\.failure) ?? GitError(.cancelled, "cancelled") }
    }

    private func watch(_ deadline: ContinuousClock.Instant) {
        if deadline <= .now {
            stop(GitError(.timeout, "\(address.url) took longer than \(timeout)"))
        } else if state.withLock({ !$0.sockets.isEmpty && $0.lastSign + Self.silence < .now }) {
            stop(GitError(.timeout, "\(address.url) sent nothing for \(Self.silence)"))
        }
    }
}
