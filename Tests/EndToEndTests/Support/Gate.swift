import Foundation
import Synchronization
import Testing

@testable import kozmic

/// Stands in front of a server and holds the first request that matters, so that a test can act at that very moment.
final class Gate: Sendable {
    /// Where the server is.
    enum Target: Sendable {
        case tcp(Int)
        case unix(String)
    }

    /// Where the request is held.
    enum Hold: Sendable {
        /// The server never sees it before the gate opens.
        case request
        /// The server does what is asked; its answer waits for the gate to open.
        case answer
    }

    private struct State {
        var isOpen = false
        var isReached = false
        var connections: Set<Int32> = []
    }

    /// Where the gate listens on 127.0.0.1.
    let port: Int
    private let target: Target
    private let pattern: Data
    private let hold: Hold
    private let listener: Int32
    private let state = Mutex(State())

    /// - Parameter pattern: bytes of the request that is held, such as `POST /v1.41/commit`.
    init(to target: Target, holding hold: Hold, of pattern: String) throws {
        self.target = target
        self.pattern = Data(pattern.utf8)
        self.hold = hold
        port = try FreePort.find()
        listener = Self.socket(AF_INET)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        try #require(Self.address(port) { bind(listener, $0, $1) } == 0 && listen(listener, 64) == 0)
        Thread.detachNewThread { self.accept() }
    }

    /// Whether the request came.
    var isReached: Bool { state.withLock { $0.isReached } }

    /// Lets everything through from now on.
    func open() { state.withLock { $0.isOpen = true } }

    /// Ends the gate and all connections through it.
    func close() {
        open()
        shutdown(listener, Int32(SHUT_RDWR))
        state.withLock { for connection in $0.connections { shutdown(connection, Int32(SHUT_RDWR)) } }
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { break }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            guard let server = connect() else {
                Glibc.close(client)
                continue
            }
            state.withLock { $0.connections.formUnion([client, server]) }
            let connection = Connection(client: client, server: server)
            Thread.detachNewThread {
                self.pump(from: client, to: server) { self.request($0, connection) }
                self.end(connection)
            }
            Thread.detachNewThread {
                self.pump(from: server, to: client) { _ in
                    if connection.state.withLock({ $0.isHeld }) { self.wait() }
                }
                self.end(connection)
            }
        }
        Glibc.close(listener)
    }

    private func request(_ chunk: Data, _ connection: Connection) {
        guard !state.withLock({ $0.isOpen }), chunk.range(of: pattern) != nil else { return }
        state.withLock { $0.isReached = true }
        switch hold {
        case .request: wait()
        case .answer: connection.state.withLock { $0.isHeld = true }
        }
    }

    /// One direction is done: the other one ends too, and the last one closes.
    private func end(_ connection: Connection) {
        for descriptor in [connection.client, connection.server] { shutdown(descriptor, Int32(SHUT_RDWR)) }
        let isLast = connection.state.withLock { state in
            defer { state.hasEnded = true }
            return state.hasEnded
        }
        guard isLast else { return }
        state.withLock { $0.connections.subtract([connection.client, connection.server]) }
        Glibc.close(connection.client)
        Glibc.close(connection.server)
    }

    /// What the two directions of a connection share.
    private final class Connection: Sendable {
        struct State {
            var isHeld = false
            var hasEnded = false
        }

        let client: Int32
        let server: Int32
        let state = Mutex(State())

        init(client: Int32, server: Int32) {
            self.client = client
            self.server = server
        }
    }

    private func wait() {
        while !state.withLock({ $0.isOpen }) { usleep(5000) }
    }

    private func pump(from source: Int32, to sink: Int32, _ look: (Data) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(source, &buffer, buffer.count)
            guard count > 0 else { return }
            look(Data(buffer[..<count]))
            var written = 0
            while written < count {
                let sent = buffer[written..<count].withUnsafeBytes {
                    send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { return }
                written += sent
            }
        }
    }

    private func connect() -> Int32? {
        let descriptor: Int32
        let code: Int32
        switch target {
        case .tcp(let port):
            descriptor = Self.socket(AF_INET)
            code = Self.address(port) { Glibc.connect(descriptor, $0, $1) }
        case .unix(let path):
            descriptor = Self.socket(AF_UNIX)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
            code = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
        if code == 0 { return descriptor }
        Glibc.close(descriptor)
        return nil
    }

    private static func socket(_ family: Int32) -> Int32 {
        Glibc.socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    private static func address(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = in_port_t(port).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
