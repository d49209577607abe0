import Foundation
import Glibc
import Synchronization

/// A server on a Unix socket that answers every request with fixed bytes and closes the connection: what a real engine
/// cannot be made to say.
final class StubServer: Sendable {
    let socketPath: String
    private let listener: Int32
    private let answer: @Sendable (_ firstLine: String) -> [UInt8]
    private let seen = Mutex<[String]>([])

    init(in folder: String, answer: @escaping @Sendable (String) -> [UInt8]) throws {
        struct Problem: Error { var errno: Int32 }
        socketPath = folder + "/stub.sock"
        self.answer = answer
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(socketPath.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let listener = listener
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(listener, 16) == 0 else { throw Problem(errno: errno) }
        // Threads, not a queue: they only block, and a queue is slow to grow.
        Thread.detachNewThread { [self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                Thread.detachNewThread { self.serve(connection) }
            }
        }
    }

    /// The first lines of the requests so far.
    var requests: [String] { seen.withLock { $0 } }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8), read(connection, &byte, 1) == 1 { head.append(byte) }
        let line = String(decoding: head.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        seen.withLock { $0.append(line) }
        var rest = answer(line)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
        shutdown(connection, Int32(SHUT_WR))
        // Closing with a request unread would reset the connection, and the answer with it.
        while read(connection, &byte, 1) == 1 {}
    }

    /// A whole answer.
    static func reply(_ status: Int, _ body: String, type: String = "application/json") -> [UInt8] {
        reply(status, Array(body.utf8), type: type)
    }

    static func reply(_ status: Int, _ body: [UInt8], type: String = "application/json") -> [UInt8] {
        let head =
            "HTTP/1.1 \(status) Stub\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        return Array(head.utf8) + body
    }

    /// What an engine of Docker 20.10 says of itself.
    static func version(_ api: String, minimum: String = "1.12") -> String {
        #"{"Version":"20.10.24","ApiVersion":"\#(api)","MinAPIVersion":"\#(minimum)","Os":"linux","Arch":"amd64"}"#
    }
}

func withStub<Result>(
    _ answer: @escaping @Sendable (String) -> [UInt8], _ body: (StubServer) async throws -> Result
) async throws -> Result {
    try await withTemporaryFolder { folder in
        let server = try StubServer(in: folder, answer: answer)
        defer { server.stop() }
        return try await body(server)
    }
}
