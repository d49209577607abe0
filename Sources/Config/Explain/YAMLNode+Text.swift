import YAML

extension YAMLNode {
    /// The value in YAML's flow form, on one line.
    var flowText: String {
        switch content {
        case .sequence(let elements): "[\(elements.map(\.flowText).joined(separator: ", "))]"
        case .mapping(let entries):
            "{\(entries.map { "\($0.key.flowText): \($0.value.flowText)" }.joined(separator: ", "))}"
        case .scalar(let scalar): scalar.flowText
        }
    }

    /// The last line that belongs to the value. A block collection itself ends where the next thing begins, comments
    /// between them included.
    var lastLine: Int {
        switch content {
        case .sequence(let elements) where elements.isEmpty: end.line
        case .mapping(let entries) where entries.isEmpty: end.line
        case .sequence(let elements): max(start.line, elements.map(\.lastLine).max() ?? start.line)
        case .mapping(let entries): max(start.line, entries.map(\.value.lastLine).max() ?? start.line)
        case .scalar(let scalar):
            switch scalar.style {
            // The node starts at the `|`.
            case .literal:
                start.line + max(1, scalar.text.count { $0 == "\n" } + (scalar.text.last == "\n" ? 0 : 1))
            case .folded: max(start.line, end.column == 1 ? end.line - 1 : end.line)
            case .plain, .singleQuoted, .doubleQuoted: max(start.line, end.line)
            }
        }
    }

    /// The entry of a key, unless it has no value.
    func entry(_ key: String) -> Entry? {
        entries?.first { $0.name == key && !$0.value.isNull }
    }

    /// The entry that a chain of keys leads to.
    func entry(at path: [String]) -> Entry? {
        guard let first = path.first, let entry = entry(first) else { return nil }
        return path.count == 1 ? entry : entry.value.entry(at: Array(path.dropFirst()))
    }
}

extension YAMLScalar {
    /// As it was written where that fits into a line; in quotes where it would be read as something else.
    fileprivate var flowText: String {
        if style == .plain { return text }
        let isWord = if case .string = CoreText.value(of: text) { true } else { false }
        let isSafe = text.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "_./-+=".unicodeScalars.contains(scalar)
        }
        if isWord, isSafe, !text.isEmpty, !text.hasPrefix("-") { return text }
        guard text.contains(where: \.isNewline) else { return "'\(text.replacing("'", with: "''"))'" }
        return "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n"))\""
    }
}

/// What a plain text would be read as.
private enum CoreText {
    static func value(of text: String) -> YAMLScalar.Value {
        YAMLDocument.parse(text).root?.scalar?.value ?? .null
    }
}
