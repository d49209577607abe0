import Foundation

/// A commit of the admin repository that wrote something.
public struct ConfigChange: Sendable, Hashable, Codable {
    /// The commit; `nil` for what is not committed yet.
    public var commit: String?
    /// The author's display name; empty for what is not committed yet.
    public var author: String
    /// When it was written; `nil` for what is not committed yet.
    public var date: Date?
    /// The first line of the commit's message.
    public var subject: String

    /// Memberwise.
    public init(commit: String?, author: String, date: Date?, subject: String) {
        self.commit = commit
        self.author = author
        self.date = date
        self.subject = subject
    }

    /// Lines of a work tree that no commit holds.
    public static let uncommitted = ConfigChange(commit: nil, author: "", date: nil, subject: "not committed yet")
}

/// Who wrote each line of a file.
public struct FileHistory: Sendable, Hashable, Codable {
    /// Lines that follow each other and were written by one commit.
    public struct Part: Sendable, Hashable, Codable {
        /// From 1.
        public var firstLine: Int
        /// At least 1.
        public var lineCount: Int
        /// An index into `changes`.
        public var change: Int

        /// Memberwise.
        public init(firstLine: Int, lineCount: Int, change: Int) {
            self.firstLine = firstLine
            self.lineCount = lineCount
            self.change = change
        }
    }

    /// In the order of the file.
    public var parts: [Part]
    /// Each once.
    public var changes: [ConfigChange]

    /// Memberwise.
    public init(parts: [Part], changes: [ConfigChange]) {
        self.parts = parts
        self.changes = changes
    }

    /// The newest change of these lines; one that is not committed yet is the newest of all.
    public func newest(in lines: ClosedRange<Int>) -> ConfigChange? {
        parts.filter { $0.firstLine <= lines.upperBound && $0.firstLine + $0.lineCount > lines.lowerBound }
            .compactMap { changes.indices.contains($0.change) ? changes[$0.change] : nil }
            .max { ($0.date ?? .distantFuture) < ($1.date ?? .distantFuture) }
    }
}

extension ExplainedValue {
    /// The same, with who wrote each place.
    ///
    /// - Parameter history: of a file, if it is known.
    public func dated(_ history: (String) -> FileHistory?) -> ExplainedValue {
        func dated(_ place: ConfigPlace?) -> ConfigPlace? {
            guard var place else { return nil }
            place.change = history(place.file)?.newest(in: place.line...place.lastLine)
            return place
        }
        var result = self
        result.place = dated(place)
        result.script = dated(script)
        for index in overridden.indices { result.overridden[index].place = dated(overridden[index].place) }
        return result
    }

    /// The files that its places are in.
    public var files: [String] {
        ([place?.file, script?.file] + overridden.map(\.place?.file)).compactMap(\.self)
    }
}
