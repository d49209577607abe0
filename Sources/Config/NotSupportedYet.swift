import YAML

/// The keys that are read and checked, but have no effect yet. Whoever gives one its effect deletes its row.
enum NotSupportedYet {
    struct Row {
        var shape: Shape
        var key: String
        var when: Condition = .written
    }

    /// When a key asks for something that does not happen.
    enum Condition {
        case written
        /// Only this word asks for it.
        case value(String)
    }

    static let rows: [Row] = [
        Row(shape: .hook, key: "standby", when: .anythingBut("auto"))
    ]

    /// Warns at the key when its value asks for what does not happen yet.
    static func check(_ shape: Shape, _ entry: YAMLNode.Entry, _ findings: Findings) {
        guard let key = entry.key.scalar?.text, !isEmpty(entry.value),
            let row = rows.first(where: { $0.shape == shape && $0.key == key })
        else { return }
        let text = entry.value.scalar?.text
        switch row.when {
        case .written: findings.warning(entry.key.start, "not supported yet: \(key)")
        case .value(let word) where text == word:
            findings.warning(entry.key.start, "not supported yet: \(key): \(quoted(text ?? ""))")
        case .value: break
        }
    }

    private static func isEmpty(_ node: YAMLNode) -> Bool {
        node.isNull || node.elements?.isEmpty == true || node.entries?.isEmpty == true
    }
}
