import Foundation
import Synchronization
import Testing

@testable import kozmic

/// A server on loopback that gives every request the same bytes, so that a test can be told what no Kozmic says.
final class FixedAnswer: Sendable {
    /// Where it listens on 127.0.0.1.
    let port: Int
    private let listener: Int32
    private let answer: [UInt8]
    private let count = Mutex(0)

    /// - Parameter answer: head and body; the connection ends behind it.
    init(_ answer: String) throws {
        self.answer = Array(answer.utf8)
        port = try FreePort.find()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = in_port_t(port).bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(code == 0 && listen(listener, 8) == 0)
        Thread.detachNewThread { self.serve() }
    }

    /// Requests that came.
    var requests: Int { count.withLock { $0 } }

    /// Takes no more requests.
    func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            count.withLock { $0 += 1 }
            var head: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while head.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
                let size = read(connection, &buffer, buffer.count)
                guard size > 0 else { break }
                head += buffer[..<size]
            }
            _ = answer.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            Glibc.close(connection)
        }
        Glibc.close(listener)
    }
}
