import Foundation
import Testing

/// Requests to the server under test.
struct Client: Sendable {
    var port: Int

    /// A whole answer.
    struct Answer: Sendable {
        var status = 0
        /// By lower-case name.
        var headers: [String: String] = [:]
        var body: [UInt8] = []
        /// All `Set-Cookie` headers.
        var cookies: [String] = []
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    func get(_ path: String, _ headers: [String: String] = [:]) async throws -> Answer {
        try await send("GET", path, headers)
    }

    func send(
        _ method: String, _ path: String, _ headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> Answer {
        var headers = headers
        if let body, headers["Content-Length"] == nil { headers["Content-Length"] = "\(body.count)" }
        let connection = try Connection(port: port)
        await connection.write(Self.head(method, path, headers))
        if let body { await connection.write(body) }
        var reader = AnswerReader(connection, hasBody: method != "HEAD")
        return try await reader.answer()
    }

    /// An answer that is read while it comes.
    func open(_ path: String, _ headers: [String: String] = [:]) async throws -> EventReader {
        let connection = try Connection(port: port)
        await connection.write(Self.head("GET", path, headers))
        var reader = AnswerReader(connection, hasBody: true)
        let head = try await reader.head()
        return EventReader(head: head, reader: reader)
    }

    private static func head(_ method: String, _ path: String, _ headers: [String: String]) -> [UInt8] {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"]
        for (name, value) in headers { lines.append("\(name): \(value)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}

/// Reads one answer of HTTP/1.1.
struct AnswerReader {
    private let connection: Connection
    private let hasBody: Bool
    private var buffer: [UInt8] = []
    private var isChunked = false
    private var remaining: Int?

    init(_ connection: Connection, hasBody: Bool) {
        self.connection = connection
        self.hasBody = hasBody
    }

    mutating func answer() async throws -> Client.Answer {
        var answer = try await head()
        while hasBody, let piece = try await piece() { answer.body += piece }
        return answer
    }

    mutating func head() async throws -> Client.Answer {
        var answer = Client.Answer()
        let lines = try await line(until: Array("\r\n\r\n".utf8)).components(separatedBy: "\r\n")
        answer.status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 {
                if parts[0].lowercased() == "set-cookie" {
                    answer.cookies.append(parts[1].trimmingCharacters(in: .whitespaces))
                }
                answer.headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        isChunked = answer.headers["transfer-encoding"] == "chunked"
        remaining = answer.headers["content-length"].flatMap { Int($0) }
        if answer.status == 304 || answer.status == 204 { remaining = 0 }
        return answer
    }

    /// The next piece of the body; `nil` at its end.
    mutating func piece() async throws -> [UInt8]? {
        if isChunked {
            let size = Int(try await line(until: [13, 10]), radix: 16) ?? 0
            let piece = try await take(size)
            _ = try await take(2)
            return size == 0 ? nil : piece
        }
        if let remaining {
            guard remaining > 0 else { return nil }
            if buffer.isEmpty { buffer = try await connection.read() }
            guard !buffer.isEmpty else { throw Connection.Failure(description: "\(remaining) bytes are missing") }
            let piece = try await take(min(remaining, buffer.count))
            self.remaining = remaining - piece.count
            return piece
        }
        let piece = buffer.isEmpty ? try await connection.read() : buffer
        buffer = []
        return piece.isEmpty ? nil : piece
    }

    private mutating func take(_ count: Int) async throws -> [UInt8] {
        while buffer.count < count {
            let more = try await connection.read()
            guard !more.isEmpty else { throw Connection.Failure(description: "the answer ended in the middle") }
            buffer += more
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    private mutating func line(until end: [UInt8]) async throws -> String {
        while true {
            if let range = buffer.firstRange(of: end) {
                defer { buffer.removeFirst(range.upperBound) }
                return String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
            }
            let more = try await connection.read()
            guard !more.isEmpty else { throw Connection.Failure(description: "the answer ended in the middle") }
            buffer += more
        }
    }
}

/// Reads server-sent events.
struct EventReader {
    /// Status and headers.
    let head: Client.Answer
    var reader: AnswerReader
    private var text: [UInt8] = []

    init(head: Client.Answer, reader: AnswerReader) {
        self.head = head
        self.reader = reader
    }

    struct Event: Sendable, Equatable {
        var id = ""
        var name = ""
        var data = ""

        /// The text of a `log` event.
        var log: String? {
            let object = try? JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any]
            return object?["text"] as? String
        }

        /// The bytes of one whose text is not all of it.
        var bytes: [UInt8]? {
            let object = try? JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any]
            return (object?["bytes"] as? String).flatMap { Data(base64Encoded: $0) }.map { Array($0) }
        }
    }

    /// The next event, comments passed over; `nil` at the end.
    mutating func next() async throws -> Event? {
        while true {
            if let range = text.firstRange(of: [10, 10]) {
                let block = String(decoding: text[..<range.lowerBound], as: UTF8.self)
                text.removeFirst(range.upperBound)
                if block.hasPrefix(":") { continue }
                return Self.event(block)
            }
            guard let piece = try await reader.piece() else { return nil }
            text += piece
        }
    }

    /// All events to the end.
    mutating func rest() async throws -> [Event] {
        var events: [Event] = []
        while let event = try await next() { events.append(event) }
        return events
    }

    private static func event(_ block: String) -> Event {
        var event = Event()
        for line in block.split(separator: "\n") {
            if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
            if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
            if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
        }
        return event
    }
}
