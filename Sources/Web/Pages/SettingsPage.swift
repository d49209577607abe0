import Hummingbird
import Model
import Store

/// `/<owner>/<repo>/settings`: what is configured?
struct SettingsPage: Sendable {
    var store: Store
    var lookup: PageLookup
    var renderer: PageRenderer
    var configuration: WebConfiguration

    func add(to router: Router<WebContext>) {
        router.get("{owner}/{repo}/settings") { _, context in
            let project = try await lookup.project(context)
            let drift = try await lookup.drift(of: project, for: context.viewer)
            let settings = try await lookup.settings(of: project, for: context.viewer)
            let rows = settings.map { SettingRows($0, AdminLinks(configuration)) }
            let saysWhy = lookup.policy.mayKnowPeople(project, context.viewer)
            var values = values(project, drift, rows)
            values["condition"] = ConditionValues.make(
                project, differs: drift.contains { $0.healedAt == nil }, saysWhy: saysWhy)
            values["heard"] =
                project.isActive
                ? HeardValues.make(try await store.lastHeard(project.repository), project, saysWhat: saysWhy) : nil
            values.merge(try await members(project, context.viewer))
            values.merge(images(try await store.cachedImages(project.id)))
            return await renderer.page(
                "settings",
                Page(
                    title: "Settings of \(project.repository)",
                    crumbs: ProjectLinks.crumbs(
                        project, Page.Link(text: "settings", url: "\(ProjectLinks.url(project))/settings")),
                    tabs: ProjectLinks.tabs(project, current: .settings), values: values),
                for: context.viewer)
        }
    }

    /// What install scripts left behind.
    private func images(_ images: [KnownImage]) -> PageValues {
        [
            "hasImages": !images.isEmpty,
            "images": images.map { image -> PageValues in
                [
                    "hook": image.entry.hook, "key": String(image.entry.key.prefix(12)), "fullKey": image.entry.key,
                    "size": "\(max(1, image.size / 1_000_000)) MB", "made": Moment.html(image.madeAt),
                    "used": Moment.html(image.lastUsedAt), "isUntrusted": !image.isTrusted,
                ]
            },
        ]
    }

    /// The part about people; strangers see none of it.
    private func members(_ project: ProjectRecord, _ viewer: Viewer) async throws -> PageValues {
        let mayManage = lookup.policy.mayManage(project, viewer) && project.isActive
        var values: PageValues = [
            "syncURL": mayManage ? "\(ProjectLinks.url(project))/settings/sync" : nil, "showsMembers": false,
            "members": [PageValues](), "memberNote": nil, "membersRead": nil,
        ]
        guard lookup.policy.maySeeMembers(project, viewer) else { return values }
        let roles = try await store.roles(project.id)
        let reading = try await store.roleReading(.project(project.id))
        values["showsMembers"] = true
        values["members"] = MemberValues.make(roles, project, gitHubURL: configuration.gitHubURL)
        values["memberNote"] = MemberValues.note(roles, reading, project)
        values["membersRead"] = Moment.html(reading.readAt)
        return values
    }

    private func values(_ project: ProjectRecord, _ drift: [DriftRecord], _ rows: SettingRows?) -> PageValues {
        let address = PageAddress(externalURL: configuration.externalURL, repository: project.repository)
        let badge = "\(address.externalURL)/_badges/\(project.repository).svg"
        let page = address.project
        return [
            "since": Moment.html(project.condition.since),
            "isActive": project.isActive, "hasDrift": !drift.isEmpty,
            "drift": drift.map { DriftValues.make($0, project: nil) },
            "file": project.config.file.isEmpty ? nil : project.config.file,
            "configCommit": String(project.configCommit.prefix(7)),
            "configURL": AdminLinks(configuration).commit(project.configCommit),
            "gitHubURL": "\(configuration.gitHubURL)/\(project.repository)", "projectName": "\(project.repository)",
            "hooks": project.config.hooks.map { hook in
                var values = HookValues.make(hook, project, lines: rows)
                values.merge(SettingRows.values(rows, hook: hook.id))
                return values
            },
            "isIncomplete": rows?.isIncomplete ?? false, "own": SettingRows.values(rows, hook: nil),
            "badgePath": "/_badges/\(project.repository).svg", "pagePath": ProjectLinks.url(project),
            "badges": [
                ["name": "Markdown", "text": "[![build](\(badge))](\(page))"],
                ["name": "HTML", "text": "<a href=\"\(page)\"><img src=\"\(badge)\" alt=\"build\"></a>"],
                ["name": "reStructuredText", "text": ".. image:: \(badge)\n   :target: \(page)"],
            ] as [PageValues],
        ]
    }
}
