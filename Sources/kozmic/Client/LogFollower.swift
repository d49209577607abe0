import Curl
import Foundation

/// Follows a log to the job's end, over as many connections as it takes. Every byte comes once.
struct LogFollower: Sendable {
    var server: ServerClient
    var path: String
    var query: [(String, String?)]

    /// Connections in a row that brought nothing; about two minutes of them.
    private static let patience = 12

    /// Calls `take` with each event.
    ///
    /// - Returns: the job's state at its end.
    /// - Throws: `ServerProblem` for what will not change by asking again, `CurlError` after the last of several attempts.
    func run(_ take: (ServerEvent) throws -> Void) async throws -> String {
        var position = ""
        var failures = 0
        while true {
            var pause = Duration.milliseconds(min(15_000, 500 << min(failures, 5)))
            do {
                let headers = position.isEmpty ? [] : [CurlHeader(name: "Last-Event-ID", value: position)]
                var parser = ServerEventParser()
                let stream = try await server.stream(path, query, headers: headers, type: "text/event-stream")
                for try await piece in stream {
                    for event in parser.feed(piece) {
                        // What was there before does not come again: the place is that after the event.
                        failures = 0
                        position = event.id
                        try take(event)
                        if event.name == "end" { return event.state ?? "" }
                    }
                }
                failures += 1
            } catch let problem as ServerProblem where problem.status == 429 || problem.status >= 500 {
                failures += 1
                guard failures < Self.patience else { throw problem }
                if let seconds = problem.retryAfter { pause = .seconds(min(60, max(1, seconds))) }
            } catch let error as CurlError {
                failures += 1
                guard failures < Self.patience, error.kind != .badURL, error.kind != .tls else { throw error }
            }
            guard failures < Self.patience else {
                throw ServerProblem(
                    status: 0, description: "The log does not go on: the server ends each connection at once.")
            }
            try await Task.sleep(for: pause)
        }
    }
}

/// A server-sent event of a log.
struct ServerEvent: Sendable, Equatable {
    /// The byte after it.
    var id = ""
    /// `log` or `end`.
    var name = ""
    /// JSON.
    var data = ""

    private struct Fields: Decodable {
        var text: String?
        /// In Base64, where the text is not all of it.
        var bytes: String?
        var state: String?
    }

    /// A piece of the log as it was written.
    var bytes: [UInt8]? {
        guard let fields else { return nil }
        return fields.bytes.flatMap { Data(base64Encoded: $0) }.map { Array($0) } ?? fields.text.map { Array($0.utf8) }
    }
    /// How the job ended.
    var state: String? { fields?.state }

    private var fields: Fields? { try? JSONDecoder().decode(Fields.self, from: Data(data.utf8)) }
}

/// Bytes → events.
struct ServerEventParser {
    private var buffer: [UInt8] = []

    /// The events that the bytes complete; comments are left out.
    mutating func feed(_ bytes: [UInt8]) -> [ServerEvent] {
        buffer += bytes
        var events: [ServerEvent] = []
        var start = 0
        while let end = Self.blankLine(buffer, from: start) {
            let event = Self.event(buffer[start..<end])
            start = end + 2
            if !event.name.isEmpty { events.append(event) }
        }
        buffer.removeFirst(start)
        return events
    }

    private static func blankLine(_ bytes: [UInt8], from start: Int) -> Int? {
        var place = start
        while place + 1 < bytes.count {
            if bytes[place] == 10, bytes[place + 1] == 10 { return place }
            place += 1
        }
        return nil
    }

    private static func event(_ bytes: ArraySlice<UInt8>) -> ServerEvent {
        var event = ServerEvent()
        for line in bytes.split(separator: 10) {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("id: ") { event.id = String(text.dropFirst(4)) }
            if text.hasPrefix("event: ") { event.name = String(text.dropFirst(7)) }
            if text.hasPrefix("data: ") { event.data = String(text.dropFirst(6)) }
        }
        return event
    }
}
