import Foundation

/// Webhooks of organizations: for owners only, for everybody else they do not exist.
extension World {
    private func owned(_ call: RESTCall) throws(RESTFailure) -> Account {
        let organization = try organization(call, memberOnly: false)
        guard let viewer = viewer(call), call.may("admin:org_hook") else { throw .notFound }
        let isApp = installation(bot: viewer).map { $0.account === organization } ?? false
        guard isApp || organization.owners.contains(viewer.key) else { throw .notFound }
        return organization
    }

    private func hook(_ call: RESTCall) throws(RESTFailure) -> (Account, Webhook) {
        let organization = try owned(call)
        let id = try call.id("hook")
        guard let hook = organization.hooks.first(where: { $0.id == id }) else { throw .notFound }
        return (organization, hook)
    }

    func listOrganizationHooks(_ call: RESTCall) throws -> RESTAnswer {
        let organization = try owned(call)
        return call.page(organization.hooks) { shape($0, of: organization, call.addresses) }
    }

    func createOrganizationHook(_ call: RESTCall) throws -> RESTAnswer {
        let organization = try owned(call)
        guard try call.string("name") == "web" else { throw RESTFailure.invalid("Hook", field: "name") }
        guard let given = call.body["config"] else { throw RESTFailure.notSupplied("config") }
        let config = try HookRequest.config(given)
        let events = try call.strings("events") ?? ["push"]
        try HookRequest.check(events: events, ofOrganization: true)
        try HookRequest.check(config, events: events, against: organization.hooks)
        let hook = Webhook(
            id: nextID(), isActive: try call.flag("active") ?? true, events: events.sorted(), config: config)
        organization.hooks.append(hook)
        let payload: JSON = [
            "zen": "Approachable is better than simple.", "hook_id": .int(hook.id),
            "hook": shape(hook, of: organization, addresses),
            "organization": self.organization(organization, addresses),
            "sender": simple(try requireViewer(call), addresses),
        ]
        deliver(
            "ping", action: nil, payload.encoded, guid: UUID().uuidString.lowercased(), to: hook,
            of: .organization(organization))
        return .created(shape(hook, of: organization, call.addresses))
    }

    func deleteOrganizationHook(_ call: RESTCall) throws -> RESTAnswer {
        let (organization, hook) = try hook(call)
        organization.hooks.removeAll { $0 === hook }
        return .noContent
    }

    private func shape(_ hook: Webhook, of organization: Account, _ addresses: Addresses) -> JSON {
        let api = "\(addresses.api)/orgs/\(organization.login)/hooks/\(hook.id)"
        return [
            "type": "Organization", "id": .int(hook.id), "name": "web", "active": JSON(hook.isActive),
            "events": JSON(hook.events), "config": shape(hook.config), "updated_at": JSON(hook.updatedAt),
            "created_at": JSON(hook.createdAt), "url": .string(api), "ping_url": .string("\(api)/pings"),
            "deliveries_url": .string("\(api)/deliveries"),
        ]
    }
}
