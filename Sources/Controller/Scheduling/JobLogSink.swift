import Runner
import Store

/// The runner's log, kept in the store's files.
struct JobLogSink: LogSink {
    var writer: LogWriter

    func append(_ section: LogSection, _ source: LogSource, _ bytes: [UInt8]) async throws {
        try await writer.append(section: section.rawValue, source: source.rawValue, bytes)
    }

    func stored(_ section: LogSection, _ source: LogSource) async -> Int64 {
        writer.stored(section: section.rawValue, source: source.rawValue)
    }

    func storedEnd(_ section: LogSection, _ source: LogSource) async -> [UInt8] {
        writer.storedEnd(section: section.rawValue, source: source.rawValue)
    }

    func isAtLineStart() async -> Bool { writer.isAtLineStart }

    /// A line of the controller's own.
    func say(_ line: String) async throws { try await append(.system, .system, Array("\(line)\n".utf8)) }
}
