import Glibc

/// TCP ports of this machine.
enum FreePort {
    /// One on loopback that nobody uses now.
    ///
    /// - Throws: `SettingProblem` when the system has none.
    static func find() throws -> Int {
        let (port, error) = listen(on: 0)
        guard error == 0 else { throw SettingProblem("there is no free port on 127.0.0.1") }
        return port
    }

    /// Whether a server could listen on it now.
    ///
    /// - Parameters:
    ///   - host: an address or a name of this machine. What cannot be looked up is left to the server to tell.
    ///   - remedy: what to do, in a few words.
    /// - Throws: `SettingProblem` when it could not, with the reason.
    static func check(_ port: Int, host: String = "127.0.0.1", remedy: String = "choose another --port") throws {
        let (_, error) = listen(on: port, host: host)
        guard error == 0 else {
            let place = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            throw SettingProblem("cannot listen on \(place): \(String(cString: strerror(error))); \(remedy)")
        }
    }

    /// Listens for a moment. Answers the port and, if that went wrong, the `errno`.
    private static func listen(on port: Int, host: String = "127.0.0.1") -> (port: Int, error: Int32) {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let place = found?.pointee else { return (port, 0) }
        defer { freeaddrinfo(found) }
        let descriptor = socket(place.ai_family, place.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return (port, errno) }
        defer { close(descriptor) }
        // As servers do: the connections of one that has just ended are no hindrance.
        var isReused: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, place.ai_addr, place.ai_addrlen) == 0, Glibc.listen(descriptor, 1) == 0 else {
            return (port, errno)
        }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isNamed = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
        }
        // The port stands at one place in addresses of both kinds.
        return isNamed ? (Int(UInt16(bigEndian: address.sin_port)), 0) : (port, errno)
    }
}
