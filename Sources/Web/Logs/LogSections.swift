import Foundation
import Model
import Store

/// The parts of a log that fold: what the controller prepared, the install script, the build script, and the groups that
/// scripts mark.
struct LogSections: Encodable, Sendable {
    struct Section: Encodable, Sendable {
        enum Kind: String, Encodable { case prepare, install, build, group }

        var kind: Kind
        /// A group's name as HTML, with the colours it was written in.
        var html: String?
        /// The line that stays when it is folded.
        var header: Int
        /// The last line that belongs to it; it folds when that is after the header.
        var last: Int
        /// How long it took; `nil` while it lasts.
        var seconds: Double?
        /// Whether it came to its end: a group that a script left open tells where it stopped.
        var isDone: Bool
    }

    var sections: [Section] = []
    /// The lines that only end a group; they are not shown.
    var ends: [Int] = []

    private static let chunk = 4 << 20
    private static let patience = Duration.seconds(5)

    /// - Parameter index: the log's, up to date.
    init(_ job: JobRecord, _ log: LogReader, _ index: LogIndex) async throws {
        let extent = try await index.update()
        guard extent.size > 0 else { return }
        let parts = try await log.parts()
        let spans = Self.spans(parts, job)
        let firstScript = spans.first
        var prepared = extent.lines
        if let firstScript { prepared = try await index.lineBreaks(before: firstScript.start) }
        // The controller's last line before a script says that it begins: the script folds under it.
        let prepareEnd = firstScript == nil ? prepared : prepared - 1
        if prepareEnd > 1 {
            sections.append(
                Section(
                    kind: .prepare, header: 1, last: prepareEnd,
                    seconds: Self.seconds(job.startedAt, firstScript?.begin ?? job.finishedAt),
                    isDone: firstScript != nil || job.state == .success))
        }
        for span in spans {
            let header = try await index.lineBreaks(before: span.start)
            guard header > 0 else { continue }
            sections.append(
                Section(
                    kind: span.kind, header: header, last: try await index.lineBreaks(before: span.end - 1) + 1,
                    seconds: Self.seconds(span.begin, span.finish),
                    isDone: span.kind == .build ? job.state == .success : span.isFollowed))
        }
        try await addGroups(job, log, index, spans)
    }

    private mutating func addGroups(
        _ job: JobRecord, _ log: LogReader, _ index: LogIndex, _ spans: [Span]
    ) async throws {
        let marks = try await Self.marks(log)
        for (number, mark) in marks.enumerated() {
            guard let span = spans.first(where: { mark.offset >= $0.start && mark.offset < $0.end }) else { continue }
            let line = try await index.lineBreaks(before: mark.offset) + 1
            guard let name = mark.name else {
                ends.append(line)
                continue
            }
            let next = number + 1 < marks.count ? marks[number + 1] : nil
            let isClosed = next.map { $0.offset < span.end } ?? false
            var terminal = TerminalText()
            var section = Section(
                kind: .group, html: terminal.feed(name + [UInt8(ascii: "\n")]).joined(), header: line, last: line,
                isDone: isClosed)
            let begin = try await log.time(at: mark.offset)
            if isClosed, let next {
                section.last = try await index.lineBreaks(before: next.offset) + (next.name == nil ? 1 : 0)
                section.seconds = Self.seconds(begin, try await log.time(at: next.offset))
            } else {
                section.last = try await index.lineBreaks(before: span.end - 1) + 1
                section.seconds = Self.seconds(begin, span.finish)
            }
            sections.append(section)
        }
    }

    private static func marks(_ log: LogReader) async throws -> [GroupMarks.Mark] {
        let deadline = ContinuousClock.now + patience
        var marks = GroupMarks()
        var position: Int64 = 0
        while ContinuousClock.now < deadline, !marks.isFull {
            try Task.checkCancellation()
            let bytes = try await log.read(from: position, count: chunk)
            guard !bytes.isEmpty else { break }
            marks.feed(bytes)
            position += Int64(bytes.count)
        }
        return marks.marks
    }

    private static func seconds(_ start: Date?, _ end: Date?) -> Double? {
        guard let start, let end else { return nil }
        return max(0, end.timeIntervalSince(start))
    }
}

/// What a script wrote, and when it ran.
private struct Span {
    var kind: LogSections.Section.Kind
    var start: Int64
    var end: Int64
    var begin: Date
    /// `nil` while it runs.
    var finish: Date?
    /// Whether something came after it.
    var isFollowed: Bool
}

extension LogSections {
    fileprivate static func spans(_ parts: [LogPart], _ job: JobRecord) -> [Span] {
        [(UInt8(1), Section.Kind.install), (2, .build)].compactMap { section, kind -> Span? in
            guard let first = parts.firstIndex(where: { $0.section == section }),
                let last = parts.lastIndex(where: { $0.section == section })
            else { return nil }
            // The controller says what it is about to do, and what became of it.
            let begin = first > 0 ? parts[first - 1].lastTime : parts[first].firstTime
            let isFollowed = parts[(last + 1)...].contains { $0.section > section }
            let finish = last + 1 < parts.count ? parts[last + 1].firstTime : job.finishedAt
            return Span(
                kind: kind, start: parts[first].start, end: parts[last].end, begin: begin, finish: finish,
                isFollowed: isFollowed)
        }
    }
}
