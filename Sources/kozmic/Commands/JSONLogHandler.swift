import Foundation
import Logging

/// How the server logs.
enum LogFormat: String, CaseIterable, Sendable {
    /// Lines for people.
    case text
    /// A JSON object a line.
    case json

    /// A logger that writes to standard error.
    func logger(label: String) -> Logger {
        switch self {
        case .text: Logger(label: label)
        case .json: Logger(label: label) { JSONLogHandler(label: $0) }
        }
    }
}

/// Writes each event as one line of JSON:
/// `{"level":"info","logger":"kozmic","message":"…","metadata":{…},"time":"2026-08-07T12:00:00.000Z"}`.
struct JSONLogHandler: LogHandler {
    /// A value of the metadata.
    private struct Value: Encodable {
        var value: Logger.MetadataValue

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch value {
            case .dictionary(let values): try container.encode(values.mapValues(Value.init))
            case .array(let values): try container.encode(values.map(Value.init))
            default: try container.encode("\(value)")
            }
        }
    }

    private struct Line: Encodable {
        var time: String
        var level: String
        var logger: String
        var message: String
        var error: String?
        var metadata: [String: Value]?
    }

    /// Whom it belongs to.
    let label: String
    /// Where the lines go.
    var write: @Sendable ([UInt8]) -> Void = { bytes in
        // One call a line: lines of several threads do not run into each other.
        try? FileHandle.standardError.write(contentsOf: bytes)
    }
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.info

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var values = metadata
        if let provided = metadataProvider?.get() { values.merge(provided) { $1 } }
        if let own = event.metadata { values.merge(own) { $1 } }
        let line = Line(
            time: Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
            level: event.level.rawValue, logger: label, message: "\(event.message)",
            error: event.error.map { "\($0)" }, metadata: values.isEmpty ? nil : values.mapValues(Value.init))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(line) else { return }
        write(Array(data) + [UInt8(ascii: "\n")])
    }
}
