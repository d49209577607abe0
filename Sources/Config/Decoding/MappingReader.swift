import YAML

/// Reads the keys of one mapping. Unknown keys are reported when it is made; a key without a value (`push:`) counts as
/// not written, so that its default holds.
struct MappingReader<Key: ConfigKey> {
    let findings: Findings
    /// What lacks a key, as a message calls it: `the hook 'tests'`.
    private let name: String
    /// Where it is said that a key is missing.
    let place: YAMLPosition
    private let entries: [String: YAMLNode.Entry]

    /// `nil`, with an error, when the node is no mapping.
    init?(_ node: YAMLNode, _ findings: Findings, name: String, place: YAMLPosition? = nil) {
        guard let entries = node.isNull ? [] : node.entries else {
            findings.error(node.start, "expected a mapping, found \(node.kind)")
            return nil
        }
        for entry in entries where !Key.known.contains(entry.name) { Self.report(unknown: entry, findings) }
        let byName = Dictionary(entries.map { ($0.name, $0) }) { first, _ in first }
        self.init(findings: findings, name: name, place: place ?? node.start, entries: byName)
    }

    private init(findings: Findings, name: String, place: YAMLPosition, entries: [String: YAMLNode.Entry]) {
        (self.findings, self.name, self.place, self.entries) = (findings, name, place, entries)
    }

    /// The same mapping read for other keys: a project and a hook may also hold all settings.
    func keys<Other: ConfigKey>(of type: Other.Type) -> MappingReader<Other> {
        MappingReader<Other>(findings: findings, name: name, place: place, entries: entries)
    }

    /// Whether the key stands there, with or without a value.
    func isWritten(_ key: Key) -> Bool { entries[key.rawValue] != nil }

    /// Where the key stands.
    func position(of key: Key) -> YAMLPosition { entries[key.rawValue]?.key.start ?? place }

    /// The value; `nil` when it is not written, or wrong and reported.
    func read<Kind: ValueKind>(_ key: Key, _ kind: Kind) -> Kind.Value? {
        node(key).flatMap { kind.read($0, findings) }
    }

    /// The value with its place.
    func locate<Kind: ValueKind>(_ key: Key, _ kind: Kind) -> Located<Kind.Value>? {
        guard let node = node(key), let value = kind.read(node, findings) else { return nil }
        return Located(value: value, position: node.start)
    }

    /// Reports a key that must be there and is not, if the whole file could be read.
    func require(_ key: Key) {
        if node(key) == nil, !findings.isCut { findings.error(place, "\(name) lacks '\(key.rawValue)'") }
    }

    /// A mapping inside of this one.
    func mapping<Inner: ConfigKey>(_ key: Key, _ type: Inner.Type) -> MappingReader<Inner>? {
        node(key).flatMap { node in
            MappingReader<Inner>(node, findings, name: "'\(key.rawValue)'", place: position(of: key))
        }
    }

    private func node(_ key: Key) -> YAMLNode? {
        guard let value = entries[key.rawValue]?.value, !value.isNull else { return nil }
        return value
    }

    private static func report(unknown entry: YAMLNode.Entry, _ findings: Findings) {
        var message = "unknown key \(quoted(entry.name))"
        // Comparing thousands of strange keys with all known ones would take seconds.
        if !findings.isFull, let near = Suggestion.nearest(to: entry.name, among: Key.known) {
            message += "; did you mean '\(near)'?"
        } else if let home = homes.first(where: { $0.keys.contains(entry.name) }) {
            message += "; it belongs into \(home.title)"
        }
        findings.error(entry.key.start, message)
    }

    /// Where a key may belong, the likeliest first: at the top of kozmic.yaml a setting is meant for all hooks.
    private static var homes: [Shape] {
        Key.shape == .server ? [.settings, .project, .hook] : [.hook, .project, .server]
    }
}

extension YAMLNode.Entry {
    /// The key's text; the parser takes scalars only.
    var name: String { key.scalar?.text ?? "" }
}

extension YAMLNode {
    /// What it is, as a message calls it.
    var kind: String {
        switch content {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar):
            switch scalar.value {
            case .null: "nothing"
            case .bool: "a truth value"
            case .int, .float: "a number"
            case .string: "a text"
            }
        }
    }
}
