import Dispatch
import Foundation
import Glibc
import Synchronization

/// A proxy in front of a server, as nginx is one: while it is shut, every connection is cut, and every request is answered
/// with 502.
final class Doorway: Sendable {
    private struct State {
        var isOpen = true
        var refused = 0
        var isOver = false
        var sockets: Set<Int32> = []
    }

    /// Where it listens.
    let port: Int
    private let target: Int
    private let listener: Int32
    private let state = Mutex(State())

    /// - Parameter target: the server's port.
    init(to target: Int) throws {
        self.target = target
        let listener = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound, listen(listener, 64) == 0 else { throw Connection.Failure(description: "no doorway") }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { break }
                Thread.detachNewThread { [self] in serve(socket) }
            }
            close(listener)
        }
    }

    /// Requests that were answered with 502.
    var refused: Int { state.withLock { $0.refused } }

    /// Cuts everything.
    func shut() {
        state.withLock { state in
            state.isOpen = false
            for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    func open() { state.withLock { $0.isOpen = true } }

    /// Ends it.
    func end() {
        shut()
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func serve(_ socket: Int32) {
        guard state.withLock({ $0.isOpen }), let server = connect() else {
            var request = [UInt8](repeating: 0, count: 16 << 10)
            _ = recv(socket, &request, request.count, 0)
            Self.send(
                Array("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)[...], socket)
            close(socket)
            state.withLock { $0.refused += 1 }
            return
        }
        let isOpen = state.withLock { state in
            state.sockets.formUnion([socket, server])
            return state.isOpen
        }
        if !isOpen { shutdown(socket, Int32(SHUT_RDWR)) }
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            Self.copy(from: server, to: socket)
            ended.signal()
        }
        Self.copy(from: socket, to: server)
        ended.wait()
        // Only now may the numbers be others'.
        state.withLock { $0.sockets.subtract([socket, server]) }
        close(socket)
        close(server)
    }

    private func connect() -> Int32? {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(target)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            close(socket)
            return nil
        }
        return socket
    }

    private static func copy(from source: Int32, to target: Int32) {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = recv(source, &buffer, buffer.count, 0), count > 0 { send(buffer[..<count], target) }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(target, Int32(SHUT_RDWR))
    }

    private static func send(_ bytes: ArraySlice<UInt8>, _ socket: Int32) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
