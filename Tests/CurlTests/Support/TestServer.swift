import Glibc
import Synchronization
import Testing

/// A server on plain sockets, whose every connection is a function on a thread of its own.
final class TestServer: Sendable {
    enum Place {
        case tcp
        case unix(path: String)
    }

    private struct State {
        var accepted = 0
        var open: Set<Int32> = []
        var isStopped = false
    }

    let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())

    /// The base of its URLs.
    var url: String { "http://127.0.0.1:\(port)" }

    /// How many connections there were.
    var accepted: Int { state.withLock { $0.accepted } }

    init(_ place: Place = .tcp, serve: @escaping @Sendable (TestConnection) -> Void) throws {
        switch place {
        case .tcp: (listener, port) = try Sockets.listen()
        case .unix(let path): (listener, port) = (try Sockets.listen(path: path), 0)
        }
        inThread { [self] in
            while let connection = accept() {
                inThread { [self] in
                    serve(TestConnection(descriptor: connection))
                    let isMine = state.withLock { $0.open.remove(connection) != nil }
                    if isMine { close(connection) }
                }
            }
        }
    }

    private func accept() -> Int32? {
        let connection = Glibc.accept(listener, nil, nil)
        guard connection >= 0 else { return nil }
        return state.withLock { state in
            guard !state.isStopped else {
                close(connection)
                return nil
            }
            state.accepted += 1
            state.open.insert(connection)
            return connection
        }
    }

    /// Ends the listening and all connections; their threads see the end.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}

/// Opens sockets for servers.
enum Sockets {
    struct Failure: Error {
        var call: String
        var code = errno
    }

    /// A listening socket on a free port of the loopback.
    static func listen(backlog: Int32 = 128) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer -> UInt16? in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(descriptor, generic, length) == 0, Glibc.listen(descriptor, backlog) == 0,
                    getsockname(descriptor, generic, &length) == 0
                else { return nil }
                return UInt16(bigEndian: pointer.pointee.sin_port)
            }
        }
        guard let port else { throw Failure(call: "bind") }
        return (descriptor, port)
    }

    /// A listening Unix socket.
    static func listen(path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        try #require(path.utf8.count < room)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0, Glibc.listen(descriptor, 128) == 0 else { throw Failure(call: "bind") }
        return descriptor
    }
}

/// Runs something that may block.
func inThread(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(ThreadBody(body))
    var thread = pthread_t()
    let result = pthread_create(
        &thread, nil,
        { context in
            if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        }, box.toOpaque())
    if result == 0 { pthread_detach(thread) } else { box.release() }
}

private final class ThreadBody: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}
