/// JSON Schema 2020-12, as much of it as our schemas use. A keyword that it does not know is a problem of its own, so
/// that a schema cannot say more than is checked here.
struct SchemaValidator {
    let root: JSON

    /// Where the instance breaks the schema, as `path: keyword`; empty when it is valid.
    func problems(with instance: JSON) -> [String] { check(instance, root, "") }

    private static let annotations: Set<String> = ["$schema", "$defs", "title", "description", "default"]

    private func check(_ value: JSON, _ schema: JSON, _ path: String) -> [String] {
        schema.members.sorted { $0.key < $1.key }.flatMap { keyword, rule -> [String] in
            if Self.annotations.contains(keyword) { return [] }
            if let inner = checkInside(value, schema, path, keyword, rule) { return inner }
            guard let holds = holds(value, keyword, rule) else { return ["\(path): unknown keyword \(keyword)"] }
            return holds ? [] : ["\(path): \(keyword)"]
        }
    }

    /// The keywords that apply other schemas; `nil` for all others.
    private func checkInside(
        _ value: JSON, _ schema: JSON, _ path: String, _ keyword: String, _ rule: JSON
    ) -> [String]? {
        switch keyword {
        case "$ref":
            guard let name = rule.string?.split(separator: "/").last, let target = root["$defs"]?[String(name)] else {
                return ["\(path): $ref to nothing"]
            }
            return check(value, target, path)
        case "properties":
            return rule.members.sorted { $0.key < $1.key }.flatMap { name, schema in
                value[name].map { check($0, schema, "\(path)/\(name)") } ?? []
            }
        case "additionalProperties":
            let declared = schema["properties"]?.members ?? [:]
            return value.members.filter { declared[$0.key] == nil }.sorted { $0.key < $1.key }.flatMap { name, value in
                rule == .bool(false) ? ["\(path)/\(name): additionalProperties"] : check(value, rule, "\(path)/\(name)")
            }
        case "propertyNames": return value.members.keys.sorted().flatMap { check(.string($0), rule, "\(path)/\($0)") }
        case "items":
            return value.elements.enumerated().flatMap { check($0.element, rule, "\(path)/\($0.offset)") }
        case "anyOf":
            return rule.elements.contains { check(value, $0, path).isEmpty } ? [] : ["\(path): anyOf"]
        default: return nil
        }
    }

    /// The keywords about the value itself; `nil` when the keyword is not known.
    private func holds(_ value: JSON, _ keyword: String, _ rule: JSON) -> Bool? {
        switch keyword {
        case "type":
            return (rule.string.map { [$0] } ?? rule.elements.compactMap(\.string)).contains { isOf($0, value) }
        case "enum": return rule.elements.contains(value)
        case "required":
            guard case .object(let members) = value else { return true }
            return rule.elements.compactMap(\.string).allSatisfy { members[$0] != nil }
        case "minProperties":
            guard case .object(let members) = value else { return true }
            return Double(members.count) >= rule.number ?? 0
        case "minimum": return value.number.map { $0 >= rule.number ?? 0 } ?? true
        case "maximum": return value.number.map { $0 <= rule.number ?? 0 } ?? true
        case "minLength": return value.string.map { Double($0.unicodeScalars.count) >= rule.number ?? 0 } ?? true
        case "maxLength": return value.string.map { Double($0.unicodeScalars.count) <= rule.number ?? 0 } ?? true
        case "pattern":
            guard let text = value.string else { return true }
            guard let pattern = rule.string, let regex = try? Regex(pattern) else { return nil }
            return text.firstMatch(of: regex) != nil
        default: return nil
        }
    }

    private func isOf(_ type: String, _ value: JSON) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .array),
            ("object", .object):
            true
        case ("integer", .number(let number)): number == number.rounded()
        default: false
        }
    }
}
