import CLibcurl
import Foundation
import Glibc
import Testing

@testable import Curl

/// The sockets that libcurl waits for.
@Suite struct PolledSocketsTests {
    /// Connected sockets, each with its peer; closed afterwards.
    private func withPairs(_ count: Int, _ body: ([(own: Int32, peer: Int32)]) throws -> Void) throws {
        var pairs: [(own: Int32, peer: Int32)] = []
        defer { for pair in pairs { _ = (close(pair.own), close(pair.peer)) } }
        for _ in 0..<count {
            var ends: [Int32] = [0, 0]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
            pairs.append((ends[0], ends[1]))
        }
        try body(pairs)
    }

    @Test("what is ready is told with what it is ready for, and only what libcurl asked about")
    func ready() throws {
        let signal = try #require(WakeSignal())
        defer { signal.close() }
        try withPairs(3) { pairs in
            var sockets = PolledSockets(signal)
            for pair in pairs { sockets.watch(pair.own, for: CURL_POLL_IN) }
            #expect(sockets.wait(0).ready.isEmpty && !sockets.wait(0).isSignalled)

            try #require(send(pairs[1].peer, "x", 1, 0) == 1)
            #expect(sockets.wait(60_000).ready.map(\.socket) == [pairs[1].own])
            sockets.watch(pairs[1].own, for: CURL_POLL_OUT)
            #expect(sockets.wait(60_000).ready.map(\.events) == [CURL_CSELECT_OUT])
            sockets.watch(pairs[1].own, for: CURL_POLL_INOUT)
            #expect(sockets.wait(60_000).ready.map(\.events) == [CURL_CSELECT_IN | CURL_CSELECT_OUT])
            sockets.watch(pairs[1].own, for: CURL_POLL_NONE)
            #expect(sockets.wait(0).ready.isEmpty)
        }
    }

    @Test("whatever was forgotten, the others are still there, and a number may come again")
    func forget() throws {
        let signal = try #require(WakeSignal())
        defer { signal.close() }
        try withPairs(4) { pairs in
            for pair in pairs { try #require(send(pair.peer, "x", 1, 0) == 1) }
            for first in 0..<4 {
                var sockets = PolledSockets(signal)
                for pair in pairs { sockets.watch(pair.own, for: CURL_POLL_IN) }
                var left = Set(pairs.map(\.own))
                for step in 0..<4 {
                    let gone = pairs[(first + step * 3) % 4].own
                    sockets.watch(gone, for: CURL_POLL_REMOVE)
                    sockets.watch(gone, for: CURL_POLL_REMOVE)
                    left.remove(gone)
                    #expect(!sockets.contains(gone) && Set(sockets.wait(0).ready.map(\.socket)) == left)
                }
                sockets.watch(pairs[first].own, for: CURL_POLL_IN)
                #expect(sockets.wait(0).ready.map(\.socket) == [pairs[first].own])
            }
        }
    }

    @Test("a peer that hung up is something to be read: its last bytes, or that it is gone")
    func hungUp() throws {
        let signal = try #require(WakeSignal())
        defer { signal.close() }
        try withPairs(1) { pairs in
            var sockets = PolledSockets(signal)
            sockets.watch(pairs[0].own, for: CURL_POLL_IN)
            try #require(shutdown(pairs[0].peer, Int32(SHUT_RDWR)) == 0)
            #expect(try #require(sockets.wait(60_000).ready.first).events & CURL_CSELECT_IN != 0)
        }
    }

    @Test("a signal ends the wait from another thread; given twice it is one, and cleared it is none")
    func signals() throws {
        let signal = try #require(WakeSignal())
        defer { signal.close() }
        var sockets = PolledSockets(signal)
        signal.give()
        signal.give()
        #expect(sockets.wait(60_000).isSignalled)
        signal.clear()
        #expect(!sockets.wait(0).isSignalled)
        signal.clear()
        Thread { signal.give() }.start()
        #expect(sockets.wait(60_000).isSignalled)
    }
}
