import Mustache

/// What a template, or one of its sections, may name.
///
/// A name whose value is absent renders as nothing, and Mustache does not go on looking for it further out, where it
/// may mean something else.
struct PageValues: MustacheParent, ExpressibleByDictionaryLiteral {
    private var values: [String: Any?] = [:]

    init(dictionaryLiteral elements: (String, Any?)...) {
        for (name, value) in elements { values.updateValue(value, forKey: name) }
    }

    subscript(name: String) -> Any? {
        get { values[name] ?? nil }
        set { values.updateValue(newValue, forKey: name) }
    }

    func child(named name: String) -> Any? {
        guard let value = values[name] else { return nil }
        return value ?? Absent()
    }

    /// Adds what another one names.
    mutating func merge(_ other: PageValues) {
        values.merge(other.values) { _, new in new }
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
