import Model
import Store

/// A hook's effective values, as the settings show them.
enum HookValues {
    /// - Parameter lines: what is known of the lines that they come from.
    static func make(_ hook: Hook, _ project: ProjectRecord, lines: SettingRows?) -> PageValues {
        let settings = hook.settings
        var rows: [(String, String?)] = [
            ("runs on", triggers(hook).joined(separator: "\n")),
            ("only if changed", list(hook.paths)), ("image", hook.image), ("user", hook.user),
            ("tracked files", list(hook.trackedFiles)),
            ("env", list(hook.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })),
            // Their names only: the values are sealed, but nobody needs to see them.
            ("secrets", list(hook.secrets.keys.sorted())),
            (
                "concurrency",
                hook.concurrency.map {
                    "\($0.limit) of group \($0.group), a new one \($0.onNew == .queue ? "waits" : "cancels older ones")"
                }
            ),
            (
                "timeout",
                "\(Elapsed.text(settings.timeoutSeconds)), without output \(Elapsed.text(settings.stallTimeoutSeconds))"
            ),
            (
                "resources",
                "\(cores(settings.resources.milliCPUs)), \(size(settings.resources.memoryBytes)), \(Count.text(settings.resources.pids, "process").replacing("processs", with: "processes"))"
            ),
            ("refresh", hook.refreshSeconds.map { "cached image not older than \(Elapsed.text($0))" }),
            ("reuse", hook.reuse == .tree ? "the verdict of the same tree" : nil),
            ("submodules", hook.submodules ? "checked out" : nil), ("sudo", hook.sudo ? nil : "no new privileges"),
            ("log limit", size(settings.logLimitBytes)),
        ]
        rows.removeAll { $0.1 == nil }
        var scripts: [PageValues] = []
        let texts = [("install", "Install script", hook.installScript), ("build", "Build script", hook.buildScript)]
        for (kind, name, text) in texts {
            guard let text else { continue }
            var script: PageValues = ["kind": kind, "name": name, "text": text]
            script.merge(lines?.script("hooks.\(hook.id).\(kind)_script") ?? ["scriptPlace": nil, "scriptURL": nil])
            scripts.append(script)
        }
        return [
            "origin": hook.origin.map { "\($0.file):\($0.line)" }, "id": hook.id.description, "title": hook.title,
            "scripts": scripts,
            "values": rows.map { row -> PageValues in ["name": row.0, "value": row.1] },
        ]
    }

    private static func triggers(_ hook: Hook) -> [String] {
        var lines: [String] = []
        if let push = hook.triggers.push {
            let parts = [named("branches", push.branches), named("tags", push.tags)].compactMap { $0 }
            lines.append("push to \(parts.isEmpty ? "nothing" : parts.joined(separator: " and "))")
        }
        if let pull = hook.triggers.pullRequest {
            lines.append("pull request to \(named("branches", pull.branches) ?? "nothing")")
        }
        if let group = hook.triggers.mergeGroup {
            lines.append("merge group for \(named("branches", group.branches) ?? "nothing")")
        }
        if let schedule = hook.triggers.schedule { lines.append("schedule \(schedule) (UTC)") }
        return lines
    }

    private static func named(_ noun: String, _ globs: [String]) -> String? {
        globs.isEmpty
            ? nil
            : globs == ["**"] ? "any \(noun == "tags" ? "tag" : "branch")" : "\(noun) \(globs.joined(separator: ", "))"
    }

    private static func list(_ values: [String]) -> String? { values.isEmpty ? nil : values.joined(separator: "\n") }

    private static func cores(_ thousandths: Int) -> String {
        let whole = thousandths % 1000 == 0
        return (whole ? "\(thousandths / 1000)" : "\(Double(thousandths) / 1000)")
            + (thousandths == 1000 ? " core" : " cores")
    }

    private static func size(_ bytes: Int64) -> String {
        let units: [(String, Int64)] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        for (name, unit) in units where bytes >= unit && bytes % unit == 0 { return "\(bytes / unit) \(name)" }
        for (name, unit) in units where bytes >= unit {
            return "\(bytes / unit).\(bytes % unit * 10 / unit) \(name)"
        }
        return "\(bytes) bytes"
    }
}
