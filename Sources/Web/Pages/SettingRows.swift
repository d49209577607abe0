import Model
import Store

/// Settings with the lines they come from, as the settings page lists them.
struct SettingRows {
    private let commit: String
    private let values: [ExplainedValue]
    private let links: AdminLinks
    /// Whether somebody looks for the writers at this moment.
    let isIncomplete: Bool

    /// - Parameter settings: what the viewer may see of them.
    init(_ settings: (commit: String, values: [ExplainedValue], unknown: [String]), _ links: AdminLinks) {
        commit = settings.commit
        values = settings.values
        self.links = links
        isIncomplete = !settings.unknown.isEmpty
    }

    /// The settings of one hook, or those of the project itself: what somebody wrote, and what is built in.
    func rows(hook: HookID?) -> (written: [PageValues], builtIn: [PageValues]) {
        let prefix = hook.map { "hooks.\($0)." } ?? ""
        let own = values.filter { value in
            value.path.hasPrefix(prefix) && (hook != nil || !value.path.hasPrefix("hooks."))
        }
        func rows(_ values: [ExplainedValue]) -> [PageValues] {
            values.map { row($0, name: String($0.path.dropFirst(prefix.count))) }
        }
        return (rows(own.filter { $0.place != nil }), rows(own.filter { $0.place == nil && $0.value != nil }))
    }

    /// The same for a template; without rows it shows none.
    static func values(_ rows: SettingRows?, hook: HookID?) -> PageValues {
        guard let rows else { return ["written": nil, "builtIn": nil] }
        let (written, builtIn) = rows.rows(hook: hook)
        return [
            "written": ["rows": written] as PageValues,
            "builtIn": ["rows": builtIn, "count": builtIn.count] as PageValues,
        ]
    }

    /// Where a script stands: its own file, or its lines among the settings.
    func script(_ path: String) -> PageValues? {
        guard let value = values.first(where: { $0.path == path }) else { return nil }
        if let file = value.script?.file {
            return ["scriptPlace": file, "scriptURL": links.lines(file, 1, at: commit)]
        }
        return value.place.map { place in
            [
                "scriptPlace": "\(place.file):\(place.line)",
                "scriptURL": links.lines(place.file, place.line, place.lastLine, at: commit),
            ]
        }
    }

    private func row(_ value: ExplainedValue, name: String) -> PageValues {
        let change = value.place?.change
        let others = value.overridden.map { other in
            "\(Self.short(other.value)) (\(other.place.map { "\($0.file):\($0.line)" } ?? other.level.rawValue))"
        }
        return [
            "name": name, "value": value.script == nil ? value.value.map(Self.short) ?? "does not start it" : nil,
            "place": value.place.map { "\($0.file):\($0.line)" },
            "url": value.place.flatMap { links.lines($0.file, $0.line, $0.lastLine, at: commit) },
            "script": value.script?.file,
            "scriptURL": value.script.flatMap { links.lines($0.file, 1, at: commit) },
            "others": others.isEmpty ? nil : "instead of \(others.joined(separator: ", "))",
            "author": change?.author, "subject": change?.subject,
            "when": Moment.html(change?.date),
            "changeURL": change?.commit.flatMap { links.commit($0) },
        ]
    }

    /// A script is shown whole elsewhere.
    private static func short(_ text: String) -> String {
        let lines = text.split(separator: "\n")
        guard lines.count > 1 else { return String(text.prefix(300)) }
        return "\(lines.first ?? "") … (\(lines.count) lines)"
    }
}
