import YAML

/// A mapping whose keys are names that the user chooses. Names that differ in letter case only may count as one.
struct MapOf<Name: TextKind, Element: ValueKind>: ValueKind where Name.Value == String {
    var name: Name
    var element: Element
    var ignoresCase = false
    var maximum = 1000

    var expected: String { "a mapping of \(name.plural) to \(element.plural)" }
    var plural: String { "mappings" }

    func read(_ node: YAMLNode, _ findings: Findings) -> [String: Element.Value]? {
        guard let entries = node.entries else { return mismatch(node, findings) }
        if entries.count > maximum { findings.error(node.start, "more than \(maximum) \(name.plural)") }
        var result: [String: Element.Value] = [:]
        var seen: Set<String> = []
        for entry in entries.prefix(maximum) {
            let name = name.read(entry.name, at: entry.key.start, findings)
            let value = element.read(entry.value, findings)
            guard let name else { continue }
            if !seen.insert(ignoresCase ? name.lowercased() : name).inserted {
                findings.error(entry.key.start, "\(quoted(name)) is there twice, in other letter case")
            }
            if let value { result[name] = value }
        }
        return result
    }
}
