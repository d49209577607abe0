import Glibc
import Synchronization

extension Transfer {
    /// One address of a host gets this long to answer.
    private static let connectTimeout: Duration = .seconds(15)

    /// Whether a connection may go there. libgit2 follows redirects to another port of the same host and would show it the
    /// token; the one change that is right is from `http` to `https`.
    func allows(host: String, port: String) -> Bool {
        if host.lowercased() == address.host {
            if port == String(address.port) || (address.scheme == .http && port == "443") { return true }
            fail(GitError(.invalid, "\(address.url) sends us to port \(port); configure the new address"))
            return false
        }
        // libgit2 itself refuses redirects to other hosts, so this is the proxy.
        let names = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]
        if address.scheme != .ssh, names.contains(where: { getenv($0) != nil }) { return true }
        fail(GitError(.invalid, "\(address.url) sends us to \(host); configure the new address"))
        return false
    }

    /// Connects without blocking longer than the limits; nil after a failure, which is noted.
    func connect(host: String, port: String) -> Int32? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, port, &hints, &list)
        defer { if list != nil { freeaddrinfo(list) } }
        guard code == 0 else {
            fail(GitError(.unreachable, "\(address.url): \(host): \(String(cString: gai_strerror(code)))"))
            return nil
        }
        var reason = "no address"
        for candidate in sequence(first: list, next: { $0?.pointee.ai_next }) {
            guard let info = candidate?.pointee else { break }
            if isStopped { return nil }
            let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let descriptor = socket(info.ai_family, info.ai_socktype | flags, info.ai_protocol)
            guard descriptor >= 0 else { continue }
            guard adopt(descriptor) else {
                Glibc.close(descriptor)
                return nil
            }
            if let problem = establish(descriptor, info) {
                reason = problem
                disconnect(descriptor)
            } else if isStopped {
                // `stop` may have come before there was a connection to shut down.
                disconnect(descriptor)
                return nil
            } else {
                touch()
                return descriptor
            }
        }
        fail(GitError(.unreachable, "\(address.url): cannot connect to \(host) port \(port): \(reason)"))
        return nil
    }

    /// Closes a socket that `connect` made.
    func disconnect(_ descriptor: Int32) {
        // Not known any more before it is closed: `stop` must not shut down a descriptor that means something else.
        state.withLock { _ = $0.sockets.remove(descriptor) }
        Glibc.close(descriptor)
    }

    private func adopt(_ descriptor: Int32) -> Bool {
        state.withLock { state in
            guard !state.isStopped else { return false }
            state.sockets.insert(descriptor)
            return true
        }
    }

    /// Nil when connected, otherwise the reason.
    private func establish(_ descriptor: Int32, _ info: addrinfo) -> String? {
        if Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return nil }
        guard errno == EINPROGRESS else { return String(cString: strerror(errno)) }
        let deadline = ContinuousClock.now + Self.connectTimeout
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while true {
            // In slices, because shutting down a socket that is still connecting does not wake it everywhere.
            let ready = poll(&request, 1, 250)
            if isStopped { return "stopped" }
            if ready > 0 { break }
            if deadline <= .now { return "no answer in \(Self.connectTimeout)" }
        }
        var problem: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &size)
        return problem == 0 ? nil : String(cString: strerror(problem))
    }
}
