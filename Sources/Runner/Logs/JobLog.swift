import Model

/// The log of one job: script output as it comes and within its limit, and our own lines between, each on a line of
/// its own.
actor JobLog {
    private struct Stream: Hashable {
        let section: LogSection
        let source: LogSource
    }

    private let sink: any LogSink
    private let limit: Int64
    private let turns = Turns<Int>()
    private var budgets: [LogSection: LogBudget] = [:]
    private var taken: [Stream: Int64] = [:]
    private var ends: [Stream: OutputEnd] = [:]
    private var isAtLineStart: Bool

    /// - Parameter limit: bytes that each script may put into the log.
    init(_ sink: any LogSink, limit: Int64) async {
        self.sink = sink
        self.limit = limit
        // What an earlier process wrote may have ended anywhere in a line.
        isAtLineStart = await sink.isAtLineStart()
        for section in [LogSection.install, .build] {
            var stored: Int64 = 0
            for source in [LogSource.stdout, .stderr] {
                let count = await sink.stored(section, source)
                let stream = Stream(section: section, source: source)
                taken[stream] = count
                let end = count > 0 ? await sink.storedEnd(section, source) : []
                ends[stream] = OutputEnd(LogPlace.mostCompared, end)
                stored += count
            }
            budgets[section] = LogBudget(limit: limit, stored: stored)
        }
    }

    /// How many bytes of this stream were taken: they are in the log, or left out of it on purpose.
    func taken(_ section: LogSection, _ source: LogSource) -> Int64 {
        taken[Stream(section: section, source: source)] ?? 0
    }

    /// The last bytes of this stream that were taken; none where nothing more of it is going to be.
    func end(_ section: LogSection, _ source: LogSource) -> [UInt8] {
        guard budgets[section]?.isOver == false else { return [] }
        return ends[Stream(section: section, source: source)]?.bytes ?? []
    }

    /// Adds what a script wrote.
    nonisolated func append(_ section: LogSection, _ source: LogSource, _ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await turns.take(0) { try await self.write(section, source, bytes) }
    }

    /// Adds a line of ours.
    nonisolated func note(_ text: String) async throws {
        try await turns.take(0) { try await self.write(line: text) }
    }

    /// The script of this section ended: writes the end of an output that was too long.
    nonisolated func finish(_ section: LogSection) async throws {
        try await turns.take(0) { try await self.writeTail(section) }
    }

    private func write(_ section: LogSection, _ source: LogSource, _ bytes: [UInt8]) async throws {
        let stream = Stream(section: section, source: source)
        taken[stream, default: 0] += Int64(bytes.count)
        ends[stream]?.add(bytes[...])
        let piece = LogBudget.Piece(section: section, source: source, bytes: bytes)
        if let piece = budgets[section]?.admit(piece) { try await store(piece) }
    }

    private func write(line: String) async throws {
        let begin = isAtLineStart ? "" : "\n"
        try await store(LogBudget.Piece(section: .system, source: .system, bytes: Array("\(begin)\(line)\n".utf8)))
    }

    private func writeTail(_ section: LogSection) async throws {
        let leftOut = budgets[section]?.leftOut ?? 0
        let tail = budgets[section]?.finish() ?? []
        if leftOut > 0, !tail.isEmpty {
            try await write(line: "\(Amount.bytes(leftOut)) left out here: the log limit is \(Amount.bytes(limit))")
        }
        for piece in tail { try await store(piece) }
    }

    private func store(_ piece: LogBudget.Piece) async throws {
        try await sink.append(piece.section, piece.source, piece.bytes)
        isAtLineStart = piece.bytes.last == UInt8(ascii: "\n")
    }
}
