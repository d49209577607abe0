import Mustache

/// What a template, or one of its sections, may name.
///
/// A name whose value is absent renders as nothing, and Mustache does not go on looking for it further out, where it
/// may mean something else.
struct PageValues: MustacheParent, ExpressibleByDictionaryLiteral {
    private var values: [String: Any?] = [:]

    init(dictionaryLiteral elements: (String, Any?)...) {
        for (name, value) in elements { values.updateValue(Self.renderable(value), forKey: name) }
    }

    subscript(name: String) -> Any? {
        get { values[name] ?? nil }
        set { values.updateValue(Self.renderable(newValue), forKey: name) }
    }

    func child(named name: String) -> Any? {
        guard let value = values[name] else { return nil }
        return value ?? Absent()
    }

    /// Adds what another one names.
    mutating func merge(_ other: PageValues) {
        values.merge(other.values) { _, new in new }
    }

    /// Mustache asks of every value whether it is one of many things, one after the other, and this is an early question.
    private static func renderable(_ value: Any?) -> Any? {
        if let text = value as? String { Text(renderText: text) } else { value }
    }

    /// A text, in which nothing is looked for by name.
    private struct Text: MustacheCustomRenderable, MustacheParent {
        var renderText: String
        var isNull: Bool { false }

        func child(named name: String) -> Any? { nil }
    }

    /// Is there and is nothing.
    private struct Absent: MustacheCustomRenderable {
        var renderText: String { "" }
        var isNull: Bool { true }
    }
}

/// The values of a whole page: what nobody declared is looked for here last, so it is a template's mistake.
struct RootValues: MustacheParent {
    var values: PageValues
    var onMiss: (String) -> Void

    func child(named name: String) -> Any? {
        guard let value = values.child(named: name) else {
            onMiss(name)
            return nil
        }
        return value
    }
}
