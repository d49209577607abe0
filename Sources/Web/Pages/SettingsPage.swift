import Hummingbird
import Model
import Store

/// `/<owner>/<repo>/settings`: what is configured?
struct SettingsPage: Sendable {
    var lookup: PageLookup
    var renderer: PageRenderer
    var configuration: WebConfiguration

    func add(to router: Router<BasicRequestContext>) {
        router.get("{owner}/{repo}/settings") { _, context in
            let project = try await lookup.project(context)
            return renderer.page(
                "settings",
                Page(
                    title: "Settings of \(project.repository)", crumbs: ProjectLinks.crumbs(project),
                    tabs: ProjectLinks.tabs(project, current: .settings), values: values(project)))
        }
    }

    private func values(_ project: ProjectRecord) -> [String: Any] {
        let badge = "\(configuration.externalURL)/_badges/\(project.repository).svg"
        let page = "\(configuration.externalURL)/\(project.repository)"
        return [
            "condition": SyncPage.mark(project.condition), "conditionText": SyncPage.text(project),
            "file": project.config.file, "configCommit": String(project.configCommit.prefix(7)),
            "hooks": project.config.hooks.map(Self.hook), "badgePath": "/_badges/\(project.repository).svg",
            "badges": [
                ["name": "Markdown", "text": "[![build](\(badge))](\(page))"],
                ["name": "HTML", "text": "<a href=\"\(page)\"><img src=\"\(badge)\" alt=\"build\"></a>"],
                ["name": "reStructuredText", "text": ".. image:: \(badge)\n   :target: \(page)"],
            ],
        ]
    }

    private static func hook(_ hook: Hook) -> [String: Any] {
        let settings = hook.settings
        var values: [(String, String)] = [
            ("runs on", hook.triggers.webhookEvents.joined(separator: ", ")), ("image", hook.image),
            ("user", hook.user), ("timeout", Elapsed.text(settings.timeoutSeconds)),
            ("stall timeout", Elapsed.text(settings.stallTimeoutSeconds)),
            ("cpus", "\(Double(settings.resources.milliCPUs) / 1000)"),
            ("memory", "\(settings.resources.memoryBytes >> 20) MiB"), ("pids", "\(settings.resources.pids)"),
        ]
        if !hook.trackedFiles.isEmpty { values.append(("tracked files", hook.trackedFiles.joined(separator: ", "))) }
        if !hook.environment.isEmpty {
            let names = hook.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            values.append(("env", names.joined(separator: "\n")))
        }
        var scripts: [[String: String]] = []
        if let install = hook.installScript { scripts.append(["name": "Install script", "text": install]) }
        scripts.append(["name": "Build script", "text": hook.buildScript])
        return [
            "id": hook.id.description, "title": hook.title, "scripts": scripts,
            "values": values.map { ["name": $0.0, "value": $0.1] },
        ]
    }
}
