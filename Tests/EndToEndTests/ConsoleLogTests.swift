import Foundation
import Synchronization
import Testing

@testable import kozmic

@Suite("A job's log on a terminal")
struct ConsoleLogTests {
    @Test("a reader that goes is told of and does not end the process")
    func unread() async throws {
        let pipe = try Child.pipe()
        defer { close(pipe.writer) }
        let calls = Mutex(0)
        let log = ConsoleLog { calls.withLock { $0 += 1 } }
        await log.write(Array("read\n".utf8), to: pipe.writer)
        #expect(calls.withLock { $0 } == 0)
        close(pipe.reader)
        await log.write(Array("unread\n".utf8), to: pipe.writer)
        #expect(calls.withLock { $0 } == 1)
    }
}
