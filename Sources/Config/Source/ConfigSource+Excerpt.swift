extension Diagnostic {
    /// The line that a diagnostic is about and its neighbours, cut to what fits a screen.
    public struct Excerpt: Sendable, Hashable, Codable {
        /// Characters that would not be seen are replaced; at most 160.
        public var text: String
        /// The character of `text` that is meant, from 1; one more than it has for its end.
        public var column: Int
        /// The same columns of the line before; `nil` before the first.
        public var before: String?
        /// The same columns of the line after; `nil` after the last.
        public var after: String?
    }
}

extension ConfigSource {
    private static let longestExcerpt = 160

    /// The same diagnostics with their lines. Only for those who may read the admin repository: a line may hold what
    /// should not be there.
    public func quoting(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        var files: [String: [Substring]] = [:]
        return diagnostics.map { diagnostic in
            let lines = files[diagnostic.path] ?? lines(diagnostic.path)
            files[diagnostic.path] = lines
            var diagnostic = diagnostic
            diagnostic.excerpt = Self.excerpt(lines, line: diagnostic.line - 1, column: diagnostic.column)
            return diagnostic
        }
    }

    private func lines(_ path: String) -> [Substring] {
        guard case .bytes(let bytes) = content(path) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    private static func excerpt(_ lines: [Substring], line: Int, column: Int) -> Diagnostic.Excerpt? {
        guard lines.indices.contains(line), !lines[line].isEmpty else { return nil }
        let scalars = Array(lines[line].unicodeScalars)
        let place = min(max(0, column - 1), scalars.count)
        let start = min(max(0, place - longestExcerpt / 2), max(0, scalars.count - longestExcerpt))
        // What follows the last line break is no line.
        let hasNext = line + 2 < lines.count || (line + 1 < lines.count && !lines[line + 1].isEmpty)
        return Diagnostic.Excerpt(
            text: shown(scalars, from: start), column: place - start + 1,
            before: line > 0 ? shown(lines[line - 1].unicodeScalars, from: start) : nil,
            after: hasNext ? shown(lines[line + 1].unicodeScalars, from: start) : nil)
    }

    private static func shown(_ scalars: some Collection<Unicode.Scalar>, from start: Int) -> String {
        let shown = scalars.dropFirst(start).prefix(longestExcerpt).map { scalar in
            scalar == "\t" ? " " : scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar
        }
        return String(String.UnicodeScalarView(shown))
    }
}
