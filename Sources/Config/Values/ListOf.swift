import YAML

/// A list, every element of one kind. All elements are looked at, so that all mistakes are found at once.
struct ListOf<Element: ValueKind>: ValueKind {
    var element: Element
    var maximum: Int

    init(_ element: Element, maximum: Int = 1000) {
        self.element = element
        self.maximum = maximum
    }

    var expected: String { "a list of \(element.plural)" }
    var plural: String { "lists of \(element.plural)" }

    func read(_ node: YAMLNode, _ findings: Findings) -> [Element.Value]? {
        guard let elements = node.elements else { return mismatch(node, findings) }
        if elements.count > maximum { findings.error(node.start, "more than \(maximum) \(element.plural)") }
        return elements.prefix(maximum).compactMap { element.read($0, findings) }
    }
}
