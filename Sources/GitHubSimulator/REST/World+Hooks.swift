import Foundation

extension World {
    /// Webhooks are for admins only; for everyone else they do not exist.
    private func hook(_ call: RESTCall) throws(RESTFailure) -> (Repository, Webhook) {
        let repository = try repository(call, for: .admin)
        let id = try call.id("hook")
        guard let hook = repository.hooks.first(where: { $0.id == id }) else { throw .notFound }
        return (repository, hook)
    }

    func listHooks(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call, for: .admin)
        return call.page(repository.hooks) { shape($0, in: repository, call.addresses) }
    }

    func createHook(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try repository(call, for: .admin)
        if let name = try call.string("name"), name != "web" { throw RESTFailure.invalid("Hook", field: "name") }
        guard let given = call.body["config"] else { throw RESTFailure.notSupplied("config") }
        let config = try HookRequest.config(given)
        let events = try call.strings("events") ?? ["push"]
        let isActive = try call.flag("active") ?? true
        try HookRequest.check(events: events)
        try HookRequest.check(config, events: events, against: repository.hooks)
        let hook = Webhook(id: nextID(), isActive: isActive, events: events.sorted(), config: config)
        repository.hooks.append(hook)
        let shown = shape(hook, in: repository, call.addresses)
        if isActive { ping(hook, in: repository, sender: try requireViewer(call)) }
        return .created(shown, location: "\(call.addresses.repository(repository))/hooks/\(hook.id)")
    }

    func readHook(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, hook) = try hook(call)
        return RESTAnswer(body: shape(hook, in: repository, call.addresses))
    }

    /// A `config` replaces the whole old one: one without a secret removes the secret.
    func updateHook(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, hook) = try hook(call)
        let config = try call.body["config"].map(HookRequest.config) ?? hook.config
        var events = try call.strings("events") ?? hook.events
        events += try call.strings("add_events") ?? []
        let removed = try call.strings("remove_events") ?? []
        events = Set(events).subtracting(removed).sorted()
        let isActive = try call.flag("active") ?? hook.isActive
        try HookRequest.check(events: events)
        try HookRequest.check(config, events: events, against: repository.hooks.filter { $0 !== hook })
        hook.config = config
        hook.events = events
        hook.isActive = isActive
        hook.updatedAt = Date()
        return RESTAnswer(body: shape(hook, in: repository, call.addresses))
    }

    func deleteHook(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, hook) = try hook(call)
        repository.hooks.removeAll { $0 === hook }
        return .noContent
    }

    func readHookConfig(_ call: RESTCall) throws -> RESTAnswer {
        RESTAnswer(body: shape(try hook(call).1.config))
    }

    /// Here the named members change and the others stay.
    func updateHookConfig(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, hook) = try hook(call)
        let config = try HookRequest.merged(call.body, into: hook.config)
        try HookRequest.check(config, events: hook.events, against: repository.hooks.filter { $0 !== hook })
        hook.config = config
        hook.updatedAt = Date()
        return RESTAnswer(body: shape(config))
    }

    func pingHook(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, hook) = try hook(call)
        ping(hook, in: repository, sender: try requireViewer(call))
        return .noContent
    }

    /// Sends the latest push of the default branch again, if the webhook listens to pushes.
    func testHook(_ call: RESTCall) async throws -> RESTAnswer {
        let (repository, hook) = try hook(call)
        let sender = try requireViewer(call)
        let references = try await git.references(repository.id)
        let name = "refs/heads/\(repository.defaultBranch)"
        guard hook.listens(to: "push"), let tip = references[name] else { return .noContent }
        let parent = await git.commit(of: tip.commit + "^", in: repository.id)
        let move = ReferenceMove(
            name: name, before: parent.map { ReferenceTarget(object: $0, type: "commit", commit: $0) }, after: tip)
        let payload = try await pushPayload(move, in: repository, among: references, sender: sender)
        deliver(
            "push", action: nil, payload.encoded, guid: UUID().uuidString.lowercased(), to: hook,
            of: .repository(repository))
        return .noContent
    }

    // MARK: Deliveries

    /// Newest first, in pages that begin at a cursor: the id of the page's first row.
    func listDeliveries(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, hook) = try hook(call)
        let rows = deliveries.reversed().filter {
            $0.repository == repository.id && $0.hook == hook.id && $0.outcome != nil
        }
        var start = 0
        if let cursor = call.query("cursor") {
            guard let id = Int64(cursor.trimmingPrefix("v1_")), let found = rows.firstIndex(where: { $0.id == id })
            else { throw RESTFailure(422, "Invalid cursor") }
            start = found
        }
        let end = min(rows.count, start + call.pageSize)
        var links: [(String, (String, String))] = []
        if end < rows.count { links.append(("next", ("cursor", "v1_\(rows[end].id)"))) }
        if start > 0 { links.append(("prev", ("cursor", "v1_\(rows[max(0, start - call.pageSize)].id)"))) }
        return RESTAnswer(
            body: .array(rows[start..<end].map { shape($0, call) }), headers: links.isEmpty ? [] : [call.link(links)])
    }

    private func delivery(_ call: RESTCall) throws(RESTFailure) -> (Repository, Webhook, Delivery) {
        let (repository, hook) = try hook(call)
        let id = try call.id("delivery")
        guard let delivery = deliveries.last(where: { $0.id == id }), delivery.hook == hook.id else {
            throw .notFound
        }
        return (repository, hook, delivery)
    }

    func readDelivery(_ call: RESTCall) throws -> RESTAnswer {
        let (_, _, delivery) = try delivery(call)
        func object(_ headers: [HeaderLine]) -> JSON {
            .object(headers.map { JSON.Member(name: $0.name, value: .string($0.value)) })
        }
        let payload = (try? JSON(reading: Array(delivery.payload.utf8))) ?? .null
        var response: JSON = ["headers": [:], "payload": nil]
        if case .answered(_, let headers, let body) = delivery.outcome {
            response = ["headers": object(headers), "payload": .string(body)]
        }
        let details: JSON = [
            "request": ["headers": object(delivery.requestHeaders), "payload": payload], "response": response,
        ]
        return RESTAnswer(body: shape(delivery, call).adding(details))
    }

    /// The same event again: a new id, the same GUID, to where the webhook points now.
    func redeliver(_ call: RESTCall) throws -> RESTAnswer {
        let (repository, hook, delivery) = try delivery(call)
        redeliver(delivery, hook, in: repository)
        return RESTAnswer(status: 202, body: [:])
    }

    func redeliver(_ delivery: Delivery, _ hook: Webhook, in repository: Repository) {
        deliver(
            delivery.event, action: delivery.action, delivery.payload, guid: delivery.guid, to: hook,
            of: .repository(repository), isRedelivery: true)
    }
}
