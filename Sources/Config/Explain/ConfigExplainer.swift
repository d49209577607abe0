import Model
import YAML

/// Says of each setting where it comes from: which of the hook, the project, the defaults and what is built in won, and
/// at which line. Ask only about files without errors; what is wrong elsewhere does not matter.
public struct ConfigExplainer: Sendable {
    private let source: ConfigSource
    private let server: YAMLNode?

    /// Reads `kozmic.yaml`; each project's file is read when it is asked about.
    public init(_ source: ConfigSource) {
        self.source = source
        server = Self.root(ServerFile.path, source)
    }

    /// The settings of the server itself, and the defaults.
    public func serverValues() -> [ExplainedValue] {
        let level = Level(name: .server, file: ServerFile.path, node: server)
        return Explanation(source: source, levels: [level], prefix: "").values(.server)
    }

    /// The settings of the project that a file declares, those of its hooks included.
    public func projectValues(file: String) -> [ExplainedValue] {
        guard let root = Self.root(file, source) else { return [] }
        let defaults = Level(name: .defaults, file: ServerFile.path, node: server?.entry("defaults")?.value)
        let project = Level(name: .project, file: file, node: root)
        var values = Explanation(source: source, levels: [project], prefix: "").values(.project)
        let notify = [
            Level(name: .project, file: file, node: root.entry("notify")?.value),
            Level(name: .server, file: ServerFile.path, node: server?.entry("notify")?.value),
        ]
        values += Explanation(source: source, levels: notify, prefix: "notify.").values(.notify)
        values += Explanation(source: source, levels: [project, defaults], prefix: "").values(.settings)
        for entry in root.entry("hooks")?.value.entries ?? [] {
            let hook = Level(name: .hook, file: file, node: entry.value)
            let prefix = "hooks.\(entry.name)."
            values += Explanation(source: source, levels: [hook], prefix: prefix, hook: entry.name).values(.hook)
            values += Explanation(source: source, levels: [hook, project, defaults], prefix: prefix).values(.settings)
        }
        return values
    }

    private static func root(_ path: String, _ source: ConfigSource) -> YAMLNode? {
        guard case .bytes(let bytes) = source.content(path) else { return nil }
        return YAMLDocument.parse(bytes).root
    }
}

/// A mapping that a setting may stand in.
struct Level {
    var name: ExplainedValue.Level
    var file: String
    var node: YAMLNode?

    func place(_ entry: YAMLNode.Entry) -> ConfigPlace {
        // An alias keeps the places of its anchor, which may stand above the key.
        let isBelow = entry.value.start >= entry.key.start
        return ConfigPlace(
            file: file, line: entry.key.start.line, column: entry.key.start.column,
            lastLine: isBelow ? entry.value.lastLine : entry.key.end.line)
    }
}
