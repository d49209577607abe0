import YAML

/// One of a few words.
struct Choice<Word: RawRepresentable<String> & CaseIterable>: ValueKind {
    /// Other people's words for the same things.
    var synonyms: [String: String] = [:]

    private var words: [String] { Word.allCases.map(\.rawValue) }
    var expected: String {
        words.count < 2 ? words.joined() : "\(words.dropLast().joined(separator: ", ")) or \(words.last ?? "")"
    }
    var plural: String { words.joined(separator: ", ") }

    func read(_ node: YAMLNode, _ findings: Findings) -> Word? {
        guard let scalar = node.scalar, case .string(let text) = scalar.value else { return mismatch(node, findings) }
        if let word = Word(rawValue: text) { return word }
        let near = synonyms[text] ?? Suggestion.nearest(to: text, among: words)
        findings.error(
            node.start,
            "expected \(expected), found \(quoted(text))" + (near.map { "; did you mean '\($0)'?" } ?? ""))
        return nil
    }
}
