import Model
import YAML

/// Walks over the keys that a mapping may have.
struct Explanation {
    var source: ConfigSource
    /// The nearest first.
    var levels: [Level]
    /// Stands before each path.
    var prefix: String
    /// The hook's id, which is its title when it has none.
    var hook: String?

    func values(_ shape: Shape) -> [ExplainedValue] { values(shape, at: []) }

    private func values(_ shape: Shape, at path: [String]) -> [ExplainedValue] {
        shape.ownKeys.flatMap { key -> [ExplainedValue] in
            let path = path + [key]
            if shape == .hook, key == "on" { return triggers }
            // They have levels of their own.
            if shape == .project, key == "hooks" || key == "notify" { return [] }
            if let inner = shape.inner(key) {
                // A group that nobody named has no limit either.
                if inner == .concurrency, entry(at: path) == nil { return [] }
                return values(inner, at: path)
            }
            if shape.isMap(key) {
                let names = levels.first?.node?.entry(at: path)?.value.entries?.map(\.name) ?? []
                return names.sorted().map { value(at: path + [$0], builtIn: nil) }
            }
            return [value(at: path, builtIn: key == "title" ? hook : BuiltIn.text(shape, key))]
        }
    }

    private func value(at path: [String], builtIn: String?) -> ExplainedValue {
        var found = levels.compactMap { level in
            level.node?.entry(at: path).map { entry in
                ExplainedValue.Overridden(
                    value: text(entry.value, at: path), level: level.name, place: level.place(entry))
            }
        }
        if let builtIn { found.append(ExplainedValue.Overridden(value: builtIn, level: .builtIn)) }
        let first = found.first
        return ExplainedValue(
            path: name(path), value: first?.value, level: first?.level ?? .builtIn, place: first?.place,
            script: script(at: path), overridden: Array(found.dropFirst()))
    }

    /// The text of a script is its value; nobody needs to read a sealed value.
    private func text(_ node: YAMLNode, at path: [String]) -> String {
        if path.first == "secrets" { return "sealed" }
        if Self.scripts.contains(path.last ?? ""), let text = node.scalar?.text { return text }
        return node.flowText
    }

    private static let scripts = [HookKey.installScript.rawValue, HookKey.buildScript.rawValue]

    /// The file that a script is kept in.
    private func script(at path: [String]) -> ConfigPlace? {
        guard Self.scripts.contains(path.last ?? ""),
            let file = entry(at: path + [ScriptKey.file.rawValue])?.value.scalar?.text
        else { return nil }
        let normal = ScriptFile.normal(file)
        guard case .bytes(let bytes) = source.content(normal) else { return nil }
        let breaks = bytes.count { $0 == 0x0A }
        return ConfigPlace(file: normal, line: 1, lastLine: max(1, bytes.last == 0x0A ? breaks : breaks + 1))
    }

    private func entry(at path: [String]) -> YAMLNode.Entry? { levels.first?.node?.entry(at: path) }

    private func name(_ path: [String]) -> String { prefix + path.joined(separator: ".") }
}

extension Explanation {
    /// `on:` is more than its keys: an event that it does not name does not start the hook, and a rule for tags alone
    /// means no branches.
    fileprivate var triggers: [ExplainedValue] {
        guard let level = levels.first else { return [] }
        let on = level.node?.entry("on")
        return [
            rule("push", "branches", on, level), rule("push", "tags", on, level),
            rule("pull_request", "branches", on, level),
            rule("merge_group", "branches", on, level), value(at: ["on", "schedule"], builtIn: nil),
        ]
    }

    private func rule(_ event: String, _ key: String, _ on: YAMLNode.Entry?, _ level: Level) -> ExplainedValue {
        let path = ["on", event, key]
        let builtIn = Shape(rawValue: event).flatMap { BuiltIn.text($0, key) }
        // Of the three, only this one does not start a hook without `on:`.
        guard let on else { return value(at: path, builtIn: event == "merge_group" ? nil : builtIn) }
        guard let named = on.value.entries?.first(where: { $0.name == event }) else {
            return ExplainedValue(path: name(path), value: nil, level: level.name, place: level.place(on))
        }
        let tags = named.value.entry("tags")
        if key == "branches", named.value.entry(key) == nil, let tags, tags.value.elements?.isEmpty == false {
            return ExplainedValue(path: name(path), value: "[]", level: level.name, place: level.place(tags))
        }
        return value(at: path, builtIn: builtIn)
    }
}

extension Shape {
    /// The keys without those of the settings, which a project and a hook may hold as well.
    fileprivate var ownKeys: [String] {
        switch self {
        case .project: ProjectKey.own
        case .hook: HookKey.own
        default: keys
        }
    }
}
