import Foundation
import Model
import Testing

@testable import Store
@testable import Web

@Suite struct LogEventsTests {
    private static let path = "/acme/widget/builds/1/jobs/tests/log/events"

    private func finished(_ site: Site, _ log: String) async throws {
        let project = try await site.declare([try Site.project("acme/widget")])[0]
        try await site.build(project)
        try await site.run(JobOutcome(state: .failure, exitCode: 1, reason: "it \"broke\""), log: log)
    }

    @Test("from every byte on, what comes is the rest of the log, and then the end")
    func resume() async throws {
        let text = "one\ntwo é\n🙂 three\nfour"
        let bytes = Array(text.utf8)
        try await Site.with { site in
            try await finished(site, text)
            for offset in 0...bytes.count {
                var reader = try await site.client.open(Self.path, ["Last-Event-ID": "\(offset)"])
                #expect(reader.head.headers["content-type"] == "text/event-stream; charset=utf-8")
                let events = try await reader.rest()
                let joined = events.compactMap(\.log).joined()
                // Foundation's and ours are the same repair of a character that is cut in two.
                #expect(joined == String(decoding: bytes[offset...], as: UTF8.self), "\(offset)")
                let end = try #require(events.last)
                #expect(end.name == "end" && end.id == "\(bytes.count)")
                #expect(end.data.contains("failure") && end.data.contains(#"it \"broke\""#))
                #expect(events.count(where: { $0.name == "end" }) == 1)
            }
            var beyond = try await site.client.open(Self.path + "?offset=99999")
            #expect(try await beyond.rest().map(\.name) == ["end"])
            var negative = try await site.client.open(Self.path + "?offset=-5")
            #expect(try await negative.rest().compactMap(\.log).joined() == text)
        }
    }

    @Test("a long log comes in pieces between characters, each with the offset after it")
    func pieces() async throws {
        try await Site.with { site in
            let text = String(repeating: "é🙂x", count: 40_000)
            try await finished(site, text)
            var reader = try await site.client.open(Self.path)
            var offset = 0
            var joined = ""
            while let event = try await reader.next(), let piece = event.log {
                joined += piece
                offset += piece.utf8.count
                #expect(event.id == "\(offset)")
                #expect(piece.utf8.count <= 64 << 10)
            }
            #expect(joined == text)
        }
    }

    @Test("each line comes with the time at which it was written, live and later")
    func times() async throws {
        struct Piece: Decodable {
            var offset: Int64
            var time: Int64
            var later: [Int64]?
            var text: String
        }
        @Sendable func lineTimes(_ events: [EventReader.Event]) throws -> [Int64] {
            var times: [Int64] = []
            var isInLine = false
            for event in events where event.name == "log" {
                let piece = try JSONDecoder().decode(Piece.self, from: Data(event.data.utf8))
                var time = piece.time
                var steps = (piece.later ?? [])[...]
                let lines = piece.text.split(separator: "\n", omittingEmptySubsequences: false)
                for (number, line) in lines.enumerated() {
                    if steps.first == Int64(number) {
                        time = piece.time + steps[steps.startIndex + 1]
                        steps.removeFirst(2)
                    }
                    if number == 0, isInLine { continue }
                    if number < lines.count - 1 || !line.isEmpty { times.append(time) }
                }
                isInLine = lines.last?.isEmpty == false
            }
            return times
        }
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            var reader = try await site.client.open(Self.path)
            let writer = try await site.store.logs.writer(job.id)
            var text = ""
            for number in 0..<60 {
                let piece = number % 3 == 0 ? "part " : "line \(number)\nline\n"
                text += piece
                try await writer.append(section: 2, source: 1, Array(piece.utf8))
                // Now and then the writer has several pieces at once.
                if number % 5 == 0 { try await writer.flush() }
            }
            try await writer.close()
            try await site.store.finishJob(job.id, .success)
            let starts = text.utf8.enumerated().filter { $0.element == 10 }.map { Int64($0.offset) + 1 }
            let expected = try await site.store.logs.reader(job.id).times(at: [0] + starts.dropLast())
                .map { Int64(($0.timeIntervalSince1970 * 1000).rounded()) }
            #expect(try lineTimes(try await reader.rest()) == expected)
            var late = try await site.client.open(Self.path)
            #expect(try lineTimes(try await late.rest()) == expected)
        }
    }

    @Test("times of the lines of a piece are told where they change")
    func changes() {
        func chunk(_ start: Int64, _ end: Int64, _ seconds: Double) -> LogChunk {
            LogChunk(start: start, end: end, time: Date(timeIntervalSince1970: seconds), section: 2, source: 1)
        }
        let bytes = Array("ab\ncd\nef\ngh\n".utf8)[...]
        let times = LineTimes(bytes, at: 100, [chunk(100, 102, 7), chunk(102, 106, 8), chunk(106, 111, 8.5)])
        #expect(times.first == 7_000)
        #expect(times.later == [LineTimes.Step(line: 1, after: 1_000), LineTimes.Step(line: 2, after: 1_500)])
        #expect(LineTimes(bytes, at: 100, []).first == nil)
    }

    @Test("lines arrive while they are written, characters whole; the end comes with the outcome")
    func live() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            var reader = try await site.client.open(Self.path)
            let writer = try await site.store.logs.writer(job.id)
            try await writer.append(section: 2, source: 1, Array("first\n".utf8))
            #expect(try await reader.next()?.log == "first\n")
            let smile = Array("🙂\n".utf8)
            try await writer.append(section: 2, source: 1, Array("half ".utf8) + smile.prefix(2))
            #expect(try await reader.next()?.log == "half ")
            try await writer.append(section: 2, source: 1, Array(smile.dropFirst(2)))
            #expect(try await reader.next()?.log == "🙂\n")
            // What can no longer become a character comes at the end.
            try await writer.append(section: 2, source: 1, [0xF0, 0x9F])
            try await writer.close()
            try await site.store.finishJob(job.id, .success)
            let last = try await reader.next()
            #expect(last?.log == "\u{FFFD}" && last?.bytes == [0xF0, 0x9F])
            let end = try await reader.next()
            #expect(end?.name == "end" && end?.data == #"{"state":"success"}"#)
            #expect(try await reader.next() == nil)
        }
    }

    @Test("what is not UTF-8 comes as it was written, too")
    func bytes() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            let log = Array("a\n".utf8) + [0xFF, 0xFE] + Array("é\u{FFFD}\n".utf8) + [0xC3]
            let writer = try await site.store.logs.writer(job.id)
            try await writer.append(section: 2, source: 1, log)
            try await writer.close()
            try await site.store.finishJob(job.id, .success)
            var reader = try await site.client.open(Self.path)
            let events = try await reader.rest().filter { $0.name == "log" }
            #expect(events.flatMap { $0.bytes ?? Array(($0.log ?? "").utf8) } == log)
            var whole = try await site.client.open(Self.path + "?offset=4")
            let end = try await whole.rest().filter { $0.name == "log" }
            #expect(end.flatMap { $0.bytes ?? Array(($0.log ?? "").utf8) } == Array(log[4...]))
        }
    }

    @Test("many who watch one log share one look at it, and each gets every byte, from wherever it begins")
    func crowd() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            let before = site.store.changes.subscriberCount
            let writer = try await site.store.logs.writer(job.id)
            // Some are far behind the others: more than is kept for them in memory.
            let lines = (0..<400).map { "line \($0) \(String(repeating: "é🙂\\\"\t", count: $0)) end\n" }
            let text = lines.joined()
            try await writer.append(section: 2, source: 1, Array(lines[..<200].joined().utf8))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<30 {
                    var reader = try await site.client.open(Self.path, ["Last-Event-ID": "\(number * 1000)"])
                    _ = try await reader.next()
                    let first = reader
                    group.addTask {
                        var reader = first
                        var offset = 0
                        var last: EventReader.Event?
                        while let event = try await reader.next() {
                            if event.name == "log" { offset = Int(event.id) ?? 0 }
                            last = event
                        }
                        #expect(offset == text.utf8.count)
                        #expect(last?.name == "end")
                    }
                }
                #expect(site.store.changes.subscriberCount == before + 1)
                for line in lines[200...] { try await writer.append(section: 2, source: 1, Array(line.utf8)) }
                try await writer.close()
                try await site.store.finishJob(job.id, .success)
                try await group.waitForAll()
            }
            try await eventually(seconds: 10) { site.store.changes.subscriberCount == before }
            var late = try await site.client.open(Self.path)
            #expect(try await late.rest().compactMap(\.log).joined() == text)
        }
    }

    @Test("what was written without a signal is found by the next heartbeat")
    func lostSignal() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            try await site.write(job.id, "first\n")
            let feeds = LogFeeds(store: site.store)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await feeds.run() }
                let watcher = feeds.watch(job.id)
                defer { watcher.leave() }
                func isThere(_ position: Int64) -> Bool {
                    if case .nothing = watcher.feed.next(after: position) { false } else { true }
                }
                // The first look is over.
                try await eventually(seconds: 60) { isThere(0) }
                #expect(!isThere(6))
                let log = try FileHandle(
                    forWritingTo: URL(filePath: "\(site.folder)/logs/\(job.id / 1000)/\(job.id).log"))
                try log.seekToEnd()
                try log.write(contentsOf: Data("second\n".utf8))
                try log.close()
                try await eventually(seconds: 60) {
                    feeds.beat()
                    return isThere(6)
                }
                guard case .pieces(let events, let end) = watcher.feed.next(after: 6) else {
                    Issue.record("what was found is no piece")
                    return group.cancelAll()
                }
                #expect(events.count == 1 && end == 13)
                group.cancelAll()
            }
        }
    }

    @Test("a reader that goes away leaves nothing behind, and shutting down ends the others")
    func leave() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            try await site.write(job.id, "hello\n")
            let before = site.store.changes.subscriberCount
            do {
                var gone = try await site.client.open(Self.path)
                #expect(try await gone.next()?.log == "hello\n")
                #expect(site.store.changes.subscriberCount == before + 1)
            }
            try await eventually(seconds: 10) { site.store.changes.subscriberCount == before }
            var stays = try await site.client.open(Self.path)
            #expect(try await stays.next()?.log == "hello\n")
            await site.shutDown()
            #expect(try await stays.next() == nil)
        }
    }
}

/// For what happens on another thread, in its own time.
func eventually(seconds: Double, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while try await !condition(), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(2)) }
    #expect(try await condition())
}
