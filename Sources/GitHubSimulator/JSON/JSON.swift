import Foundation

/// A JSON value, written in the source as it looks on the wire. Objects keep the order of their members, which makes no
/// difference when they are compared.
enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    /// One name and its value.
    struct Member: Sendable, Equatable {
        let name: String
        var value: JSON
    }

    init(_ text: String?) { self = text.map(JSON.string) ?? .null }
    init(_ number: Int64?) { self = number.map(JSON.int) ?? .null }
    init(_ number: Int) { self = .int(Int64(number)) }
    init(_ flag: Bool) { self = .bool(flag) }
    init(_ list: [String]) { self = .array(list.map(JSON.string)) }
    /// ISO 8601 in UTC, to the second.
    init(_ date: Date?) { self = date.map { .string($0.formatted(.iso8601)) } ?? .null }

    /// The value of a member; `nil` when there is none or this is no object.
    subscript(_ name: String) -> JSON? { members?.last { $0.name == name }?.value }

    var text: String? { if case .string(let value) = self { value } else { nil } }
    var number: Int64? { if case .int(let value) = self { value } else { nil } }
    var flag: Bool? { if case .bool(let value) = self { value } else { nil } }
    var items: [JSON]? { if case .array(let value) = self { value } else { nil } }
    var members: [Member]? { if case .object(let value) = self { value } else { nil } }

    /// The strings of an array, `nil` unless all of its items are strings.
    var texts: [String]? {
        guard let items else { return nil }
        let texts = items.compactMap(\.text)
        return texts.count == items.count ? texts : nil
    }

    static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let one), .bool(let other)): one == other
        case (.int(let one), .int(let other)): one == other
        case (.double(let one), .double(let other)): one == other
        case (.string(let one), .string(let other)): one == other
        case (.array(let one), .array(let other)): one == other
        case (.object(let one), .object(let other)):
            one.sorted { $0.name < $1.name } == other.sorted { $0.name < $1.name }
        default: false
        }
    }

    /// This object with the members of another one after its own; a name that both have keeps the later value.
    func adding(_ other: JSON) -> JSON {
        let added = other.members ?? []
        let names = Set(added.map(\.name))
        return .object((members ?? []).filter { !names.contains($0.name) } + added)
    }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringInterpolation,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { Member(name: $0.0, value: $0.1) })
    }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int64) { self = .int(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(nilLiteral: ()) { self = .null }
}
