import Glibc

/// TCP ports on loopback.
enum FreePort {
    /// One that nobody uses now.
    ///
    /// - Throws: `SettingProblem` when the system has none.
    static func find() throws -> Int {
        let (port, error) = listen(on: 0)
        guard error == 0 else { throw SettingProblem("there is no free port on 127.0.0.1") }
        return port
    }

    /// Whether a server could listen on it now.
    ///
    /// - Throws: `SettingProblem` when it could not, with the reason.
    static func check(_ port: Int) throws {
        let (_, error) = listen(on: port)
        guard error == 0 else {
            throw SettingProblem(
                "cannot listen on 127.0.0.1:\(port): \(String(cString: strerror(error))); choose another --port")
        }
    }

    /// Listens for a moment. Answers the port and, if that went wrong, the `errno`.
    private static func listen(on port: Int) -> (port: Int, error: Int32) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return (port, errno) }
        defer { close(descriptor) }
        // As servers do: the connections of one that has just ended are no hindrance.
        var isReused: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && Glibc.listen(descriptor, 1) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        return isListening ? (Int(UInt16(bigEndian: address.sin_port)), 0) : (port, errno)
    }
}
