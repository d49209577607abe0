extension Diagnostic {
    /// The line that a diagnostic is about, cut to what fits a screen.
    public struct Excerpt: Sendable, Hashable, Codable {
        /// Characters that would not be seen are replaced; at most 160.
        public var text: String
        /// The character of `text` that is meant, from 1; one more than it has for its end.
        public var column: Int
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
            if lines.indices.contains(diagnostic.line - 1) {
                diagnostic.excerpt = Self.excerpt(lines[diagnostic.line - 1], column: diagnostic.column)
            }
            return diagnostic
        }
    }

    private func lines(_ path: String) -> [Substring] {
        guard case .bytes(let bytes) = content(path) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    private static func excerpt(_ line: Substring, column: Int) -> Diagnostic.Excerpt? {
        let scalars = Array(line.unicodeScalars)
        let place = min(max(0, column - 1), scalars.count)
        let start = min(max(0, place - longestExcerpt / 2), max(0, scalars.count - longestExcerpt))
        guard !scalars.isEmpty else { return nil }
        let shown = scalars[start..<min(scalars.count, start + longestExcerpt)].map { scalar in
            scalar == "\t" ? " " : scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar
        }
        return Diagnostic.Excerpt(text: String(String.UnicodeScalarView(shown)), column: place - start + 1)
    }
}
