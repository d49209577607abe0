import Foundation

extension World {
    /// The routes about apps.
    static let appControls = [
        RESTRoute("POST", "/_control/apps") { try await $0.controlMakeApp($1) },
        RESTRoute("PATCH", "/_control/apps/:app") { try await $0.controlChangeApp($1) },
        RESTRoute("DELETE", "/_control/apps/:app/tokens") { try await $0.controlRevokeAppTokens($1) },
        RESTRoute("POST", "/_control/apps/:app/installations") { try await $0.controlInstall($1) },
        RESTRoute("PATCH", "/_control/apps/:app/installations/:account") { try await $0.controlChangeInstallation($1) },
        RESTRoute("DELETE", "/_control/apps/:app/installations/:account") { try await $0.controlUninstall($1) },
    ]

    private func controlApp(_ call: RESTCall) throws(RESTFailure) -> AppRegistration {
        guard let app = apps[try call.id("app")] else { throw RESTFailure(404, "there is no such app") }
        return app
    }

    private func controlInstallation(_ call: RESTCall) throws(RESTFailure) -> AppInstallation {
        let account = call.parameter("account").lowercased()
        guard let found = try controlApp(call).installations.first(where: { $0.account.key == account }) else {
            throw RESTFailure(404, "the app is not installed there")
        }
        return found
    }

    private static func permissions(_ call: RESTCall) throws(RESTFailure) -> [String: String]? {
        guard let members = call.body["permissions"]?.members else { return nil }
        var permissions: [String: String] = [:]
        for member in members {
            guard let level = member.value.text, ["read", "write", "admin"].contains(level) else {
                throw RESTFailure(422, "\(member.name) is neither read nor write")
            }
            permissions[member.name] = level
        }
        return permissions
    }

    func controlMakeApp(_ call: RESTCall) throws -> RESTAnswer {
        let app = AppRegistration(
            id: nextID(), slug: try required(call, "slug"), publicKey: try required(call, "public_key"),
            owner: try controlAccount(try required(call, "owner")), permissions: try Self.permissions(call) ?? [:])
        try setHook(call, of: app)
        apps[app.id] = app
        return .created(["id": .int(app.id)])
    }

    func controlChangeApp(_ call: RESTCall) throws -> RESTAnswer {
        let app = try controlApp(call)
        if let seconds = call.body["token_seconds"]?.number { app.tokenLifetime = TimeInterval(seconds) }
        if let permissions = try Self.permissions(call) { app.permissions = permissions }
        try setHook(call, of: app)
        return .noContent
    }

    private func setHook(_ call: RESTCall, of app: AppRegistration) throws(RESTFailure) {
        guard let given = call.body["webhook"] else { return }
        var config = try HookRequest.config(given)
        if given["content_type"] == nil { config.contentType = "json" }
        let events = try call.strings("events") ?? app.hook?.events ?? []
        if !events.isEmpty { try HookRequest.check(events: events, ofOrganization: true) }
        app.hook = Webhook(id: app.hook?.id ?? nextID(), isActive: true, events: events.sorted(), config: config)
    }

    /// All tokens of its installations end at once.
    func controlRevokeAppTokens(_ call: RESTCall) throws -> RESTAnswer {
        let ids = Set(try controlApp(call).installations.map(\.id))
        installationTokens = installationTokens.filter { !ids.contains($0.value.installation) }
        return .noContent
    }

    private func selected(_ call: RESTCall) throws(RESTFailure) -> Set<Int64>? {
        guard let names = try call.strings("repositories") else { return nil }
        var ids: Set<Int64> = []
        for name in names {
            guard let found = repository(name) else { throw RESTFailure(422, "there is no repository \(name)") }
            ids.insert(found.id)
        }
        return ids
    }

    func controlInstall(_ call: RESTCall) throws -> RESTAnswer {
        let app = try controlApp(call)
        let account = try controlAccount(try required(call, "account"))
        guard !app.installations.contains(where: { $0.account === account }) else {
            throw RESTFailure(409, "the app is installed there")
        }
        let id = nextID()
        // One for each installation, so that each has a quota of its own.
        guard
            let bot = makeAccount("\(app.slug)-\(id)[bot]", isOrganization: false, name: app.slug, email: nil)
        else { throw RESTFailure(409, "the bot's name is taken") }
        let installation = AppInstallation(
            id: id, app: app, account: account, bot: bot,
            permissions: try Self.permissions(call) ?? app.permissions, selected: try selected(call))
        app.installations.append(installation)
        emit("installation", action: "created", of: installation)
        return .created(["id": .int(id), "login": .string(bot.login)])
    }

    func controlChangeInstallation(_ call: RESTCall) throws -> RESTAnswer {
        let installation = try controlInstallation(call)
        if let isSuspended = try call.flag("suspended") {
            installation.suspendedAt = isSuspended ? Date() : nil
            emit("installation", action: isSuspended ? "suspend" : "unsuspend", of: installation)
        }
        if let permissions = try Self.permissions(call) { installation.permissions = permissions }
        if call.body["repositories"] != nil {
            installation.selected = try selected(call)
            emit("installation_repositories", action: "added", of: installation)
        }
        return .noContent
    }

    func controlUninstall(_ call: RESTCall) throws -> RESTAnswer {
        let installation = try controlInstallation(call)
        installation.app.installations.removeAll { $0 === installation }
        emit("installation", action: "deleted", of: installation)
        return .noContent
    }
}
