/// One remark about a configuration file, with its place.
public struct Diagnostic: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable, Codable {
        /// The file is not applied.
        case error
        /// The file is applied; something in it has no effect, or not the one that was meant.
        case warning
    }

    /// Relative to the admin repository.
    public var path: String
    /// From 1.
    public var line: Int
    /// From 1, in characters.
    public var column: Int
    /// How bad it is.
    public var severity: Severity
    /// One sentence.
    public var message: String
    /// The line itself, where it is quoted.
    public var excerpt: Excerpt?

    /// Memberwise.
    public init(path: String, line: Int, column: Int, severity: Severity, message: String) {
        self.path = path
        self.line = line
        self.column = column
        self.severity = severity
        self.message = message
    }

    /// `path:line:column: error: message`, always one line.
    public var description: String {
        let text = "\(path):\(line):\(column): \(severity.rawValue): \(message)"
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.isControl ? "\u{FFFD}" : $0 }))
    }

    /// By path, then in the order of the file.
    public static func < (left: Self, right: Self) -> Bool {
        (left.path, left.line, left.column, left.message) < (right.path, right.line, right.column, right.message)
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isControl: Bool {
        generalCategory == .control || generalCategory == .lineSeparator || generalCategory == .paragraphSeparator
    }
}
