import Runner

/// A log in memory that a test can wait on.
actor MemoryLog: LogSink {
    private var sections: [LogSection: [LogSource: [UInt8]]] = [:]
    private(set) var all: [UInt8] = []
    private(set) var progress: [JobProgress] = []
    private var waiting: [(text: String, continuation: CheckedContinuation<Void, Never>)] = []
    private let failsAfter: Int

    struct DiskFull: Error {}

    init(failsAfter: Int = .max) { self.failsAfter = failsAfter }

    func append(_ section: LogSection, _ source: LogSource, _ bytes: [UInt8]) async throws {
        if all.count + bytes.count > failsAfter { throw DiskFull() }
        sections[section, default: [:]][source, default: []] += bytes
        all += bytes
        guard !waiting.isEmpty else { return }
        let text = text
        waiting.removeAll { waiter in
            guard text.contains(waiter.text) else { return false }
            waiter.continuation.resume()
            return true
        }
    }

    func stored(_ section: LogSection, _ source: LogSource) async -> Int64 {
        Int64(sections[section]?[source]?.count ?? 0)
    }

    func storedEnd(_ section: LogSection, _ source: LogSource) async -> [UInt8] {
        bytes(section, source).suffix(1000)
    }

    func isAtLineStart() async -> Bool { all.last ?? UInt8(ascii: "\n") == UInt8(ascii: "\n") }

    func add(_ step: JobProgress) { progress.append(step) }

    var text: String { String(decoding: all, as: UTF8.self) }

    func bytes(_ section: LogSection, _ source: LogSource = .stdout) -> [UInt8] { sections[section]?[source] ?? [] }

    func text(_ section: LogSection, _ source: LogSource = .stdout) -> String {
        String(decoding: bytes(section, source), as: UTF8.self)
    }

    func lines(_ section: LogSection, _ source: LogSource = .stdout) -> [String] {
        text(section, source).split(separator: "\n").map(String.init)
    }

    /// Whether that is the last of what the build script wrote. For logs too long to be searched with each piece.
    func ends(with text: String) -> Bool { bytes(.build).suffix(text.utf8.count).elementsEqual(text.utf8) }

    /// Returns when the log holds the text.
    func wait(for text: String) async {
        if self.text.contains(text) { return }
        await withCheckedContinuation { waiting.append((text, $0)) }
    }
}
