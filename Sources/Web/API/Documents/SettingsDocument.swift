import Foundation
import Model
import Store

/// What a project is configured with, for programs. Secrets are there by name only.
package struct SettingsDocument: Codable, Sendable {
    /// A hook with every default applied.
    package struct HookEntry: Codable, Sendable {
        package var id: String
        package var title: String
        package var triggers: Triggers
        package var paths: [String]
        package var image: String
        package var user: String
        package var installScript: String?
        package var trackedFiles: [String]
        package var buildScript: String
        package var environment: [String: String]
        package var secrets: [String]
        package var concurrency: Hook.Concurrency?
        package var timeoutSeconds: Int
        package var stallTimeoutSeconds: Int
        package var resources: Resources
        package var logLimitBytes: Int64
        package var refreshSeconds: Int?
        package var reuse: String
        package var keepFailedSeconds: Int
        package var submodules: Bool
        package var sudo: Bool
        package var standby: String
        package var file: String?
        package var line: Int?

        init(_ hook: Hook) {
            let settings = hook.settings
            (id, title, triggers, paths) = (hook.id.description, hook.title, hook.triggers, hook.paths)
            (image, user, installScript) = (hook.image, hook.user, hook.installScript)
            (trackedFiles, buildScript, environment) = (hook.trackedFiles, hook.buildScript, hook.environment)
            (secrets, concurrency) = (hook.secrets.keys.sorted(), hook.concurrency)
            (timeoutSeconds, stallTimeoutSeconds) = (settings.timeoutSeconds, settings.stallTimeoutSeconds)
            (resources, logLimitBytes) = (settings.resources, settings.logLimitBytes)
            (refreshSeconds, reuse, keepFailedSeconds) = (
                hook.refreshSeconds, hook.reuse.rawValue, hook.keepFailedSeconds
            )
            (submodules, sudo, standby) = (hook.submodules, hook.sudo, hook.standby.rawValue)
            (file, line) = (hook.origin?.file, hook.origin?.line)
        }
    }

    /// The project.
    package var repository: String
    /// The login of whoever has the owner role; absent for who may not know.
    package var owner: String?
    /// The file that declares it.
    package var file: String
    /// The commit of the admin repository that last changed it.
    package var configCommit: String
    /// The hooks.
    package var hooks: [HookEntry]
    /// Each setting with the line that it comes from, but for those about people that the caller may not know.
    package var values: [ExplainedValue]
    /// The commit that those lines are of.
    package var valuesCommit: String?
    /// The badge's address.
    package var badge: String

    /// - Parameters:
    ///   - settings: what the caller may see of them.
    ///   - showsOwner: whether the caller may know who has a role.
    init(
        _ project: ProjectRecord, _ settings: (commit: String, values: [ExplainedValue])?, showsOwner: Bool,
        externalURL: String
    ) {
        let address = PageAddress(externalURL: externalURL, repository: project.repository)
        (repository, owner) = (project.repository.description, showsOwner ? project.config.owner : nil)
        (file, configCommit) = (project.config.file, project.configCommit)
        hooks = project.config.hooks.map(HookEntry.init)
        values = settings?.values ?? []
        valuesCommit = settings?.commit
        badge = "\(address.externalURL)/_badges/\(project.repository).svg"
    }
}
