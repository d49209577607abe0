/// The parts of a log, for programs.
package struct LogSectionsDocument: Codable, Sendable {
    /// What the controller prepared, a script, a group that a script marks, or lines that were written over.
    package struct Section: Codable, Sendable {
        /// `prepare`, `install`, `build`, `group` or `progress`.
        package var kind: String
        /// A group's name as it was written; bytes that are not UTF-8 are replaced.
        package var name: String?
        /// The line that says that it begins, from 1; of progress the first one that was written over.
        package var header: Int
        /// The last line that belongs to it.
        package var last: Int
        /// How long it took; absent while it lasts, and of progress.
        package var seconds: Double?
        /// Whether it came to its end: of the build script, whether it passed; of what stands before a script, whether that
        /// began; of a group, whether it was closed.
        package var isDone: Bool
    }

    /// The scripts first, then progress, then the groups, each in their order.
    package var sections: [Section]
    /// The lines that only end a group.
    package var ends: [Int]

    init(_ found: LogSections) {
        sections = found.sections.map {
            Section(
                kind: $0.kind.rawValue, name: $0.name.map { String(decoding: $0, as: UTF8.self) }, header: $0.header,
                last: $0.last, seconds: $0.seconds, isDone: $0.isDone)
        }
        ends = found.ends
    }
}
