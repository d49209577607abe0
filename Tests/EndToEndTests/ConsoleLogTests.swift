import Foundation
import Glibc
import Synchronization
import Testing

@testable import kozmic

@Suite("A job's log on a terminal")
struct ConsoleLogTests {
    @Test("a reader that goes is told of and does not end the process")
    func unread() async throws {
        // No pipe: another test may start a program meanwhile, which has the reader's end for a moment.
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let (reader, writer) = (ends[0], ends[1])
        defer { _ = (close(reader), close(writer)) }
        let calls = Mutex(0)
        let log = ConsoleLog { calls.withLock { $0 += 1 } }
        await log.write(Array("read\n".utf8), to: writer)
        #expect(calls.withLock { $0 } == 0)
        try #require(shutdown(reader, Int32(SHUT_RDWR)) == 0)
        await log.write(Array("unread\n".utf8), to: writer)
        #expect(calls.withLock { $0 } == 1)
    }
}
