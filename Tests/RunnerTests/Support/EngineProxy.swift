import Dispatch
import Foundation
import Glibc
import Synchronization

/// Stands between a client and an engine. It can cut all connections for a while, as an engine does that restarts, and
/// refuse a request.
final class EngineProxy: Sendable {
    private struct State {
        var listener: Int32 = -1
        var open: Set<Int32> = []
        var isAway = false
        var refused: String?
    }

    private let target: String
    private let path: String
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "engine-proxy", attributes: .concurrent)

    struct Problem: Error { let call: String }

    var host: String { "unix://\(path)" }

    init(target: String) throws {
        guard target.hasPrefix("unix://") else { throw Problem(call: "the engine has no socket") }
        self.target = String(target.dropFirst(7))
        path = NSTemporaryDirectory() + "kozmic-proxy-\(UUID().uuidString.prefix(8)).sock"
        let listener = try Self.socket(path) { Glibc.bind($0, $1, $2) }
        guard listen(listener, 64) == 0 else { throw Problem(call: "listen") }
        state.withLock { $0.listener = listener }
        queue.async { self.accept(on: listener) }
    }

    /// Cuts every connection and refuses new ones.
    func interrupt() {
        let open = state.withLock { state in
            state.isAway = true
            return state.open
        }
        for descriptor in open { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    /// Is there again.
    func resume() { state.withLock { $0.isAway = false } }

    /// Answers the next POST whose head has this text with 409, once.
    func refuse(_ text: String) { state.withLock { $0.refused = text } }

    /// Whether what `refuse` was told of came by.
    var hasRefused: Bool { state.withLock { $0.refused == nil } }

    func stop() {
        interrupt()
        let listener = state.withLock { $0.listener }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        unlink(path)
    }

    private func accept(on listener: Int32) {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            guard !state.withLock({ $0.isAway }), let engine = try? Self.socket(target, { Glibc.connect($0, $1, $2) })
            else {
                close(client)
                continue
            }
            state.withLock { $0.open.formUnion([client, engine]) }
            let done = DispatchGroup()
            for (from, to) in [(client, engine), (engine, client)] {
                done.enter()
                Thread.detachNewThread {
                    Self.copy(from: from, to: to) { bytes in from == client && self.refuses(bytes) }
                    done.leave()
                }
            }
            done.notify(queue: queue) {
                self.state.withLock { $0.open.subtract([client, engine]) }
                close(client)
                close(engine)
            }
        }
    }

    private func refuses(_ bytes: ArraySlice<UInt8>) -> Bool {
        let head = String(decoding: bytes.prefix(1024), as: UTF8.self)
        return state.withLock { state in
            guard let text = state.refused, head.hasPrefix("POST "), head.contains(text) else { return false }
            state.refused = nil
            return true
        }
    }

    private static let refusal = Array(
        "HTTP/1.1 409 Conflict\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"message\":\"no\"}".utf8
    )

    private static func copy(from: Int32, to: Int32, unless refuses: (ArraySlice<UInt8>) -> Bool) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(from, &buffer, buffer.count)
            guard count > 0 else { break }
            if refuses(buffer[..<count]) {
                _ = send(from, refusal, refusal.count, Int32(MSG_NOSIGNAL))
                break
            }
            var sent = 0
            while sent < count {
                let written = send(to, Array(buffer[sent..<count]), count - sent, Int32(MSG_NOSIGNAL))
                guard written > 0 else { return }
                sent += written
            }
        }
        shutdown(to, Int32(SHUT_WR))
    }

    private static func socket(
        _ path: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Problem(call: "socket") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8).prefix(107)) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw Problem(call: "bind or connect")
        }
        return descriptor
    }
}
