import Foundation
import Model
import Store

/// The parts of a log that fold: what the controller prepared, the install script, the build script, the groups that scripts
/// mark, and the states of progress that were written over.
struct LogSections: Encodable, Sendable {
    struct Section: Encodable, Sendable {
        enum Kind: String, Encodable { case prepare, install, build, group, progress }

        /// What the page reads; a program reads `LogSectionsDocument`.
        private enum CodingKeys: String, CodingKey { case kind, html, header, last, seconds, isDone }

        var kind: Kind
        /// A group's name as it was written.
        var name: [UInt8]?
        /// A group's name as HTML, with the colours it was written in; of progress, what stands for it while it is folded.
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

    /// - Parameters:
    ///   - index: the log's.
    ///   - marks: of its groups, in their order.
    ///   - rewritten: the lines that were written over.
    init(
        _ job: JobRecord, _ log: LogReader, _ index: LogIndex, _ marks: [GroupScan.Found],
        _ rewritten: [ClosedRange<Int>]
    ) async throws {
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
        addProgress(rewritten)
        try await addGroups(index, spans, marks)
    }

    /// What a script wrote over is its own: the lines that the controller wrote before it stay.
    private mutating func addProgress(_ ranges: [ClosedRange<Int>]) {
        let scripts = sections.filter { $0.kind == .install || $0.kind == .build }
        for range in ranges {
            guard let script = scripts.last(where: { $0.header < range.upperBound }), range.upperBound <= script.last
            else { continue }
            let first = max(range.lowerBound, script.header + 1)
            sections.append(
                Section(
                    kind: .progress, html: "Earlier states of what follows", header: first, last: range.upperBound,
                    isDone: true))
        }
    }

    private mutating func addGroups(_ index: LogIndex, _ spans: [Span], _ marks: [GroupScan.Found]) async throws {
        for (number, found) in marks.enumerated() {
            let mark = found.mark
            guard let span = spans.first(where: { mark.offset >= $0.start && mark.offset < $0.end }) else { continue }
            guard let name = mark.name else {
                ends.append(found.line)
                continue
            }
            let next = number + 1 < marks.count ? marks[number + 1] : nil
            let isClosed = next.map { $0.mark.offset < span.end } ?? false
            var terminal = TerminalText()
            var section = Section(
                kind: .group, name: name, html: terminal.feed(name + [UInt8(ascii: "\n")]).joined(), header: found.line,
                last: found.line, isDone: isClosed)
            if isClosed, let next {
                section.last = next.mark.name == nil ? next.line : next.line - 1
                section.seconds = Self.seconds(found.time, next.time)
            } else {
                section.last = try await index.lineBreaks(before: span.end - 1) + 1
                section.seconds = Self.seconds(found.time, span.finish)
            }
            sections.append(section)
        }
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
