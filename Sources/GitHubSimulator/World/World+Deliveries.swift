import Foundation

extension World {
    /// Sends an event to the webhooks that listen to it; all of them get the same GUID.
    func emit(
        _ event: String, action: String? = nil, _ payload: JSON, in repository: Repository, sender: Account
    ) {
        var text: JSON = action.map { ["action": .string($0)] } ?? [:]
        text = text.adding(payload)
        var common: JSON = [:]
        if payload["repository"] == nil { common = ["repository": shape(repository, addresses)] }
        if repository.owner.isOrganization {
            common = common.adding(["organization": organization(repository.owner, addresses)])
        }
        if payload["sender"] == nil { common = common.adding(["sender": simple(sender, addresses)]) }
        let guid = UUID().uuidString.lowercased()
        let whole = text.adding(common)
        deliver(event, action: action, whole.encoded, in: repository, guid: guid)
        deliver(event, action: action, whole, of: repository.owner, repository: repository, guid: guid)
    }

    /// Sends a payload as it is to the active webhooks that listen.
    func deliver(
        _ event: String, action: String?, _ payload: String, in repository: Repository,
        guid: String = UUID().uuidString.lowercased()
    ) {
        for hook in repository.hooks where hook.isActive && hook.listens(to: event) {
            deliver(event, action: action, payload, guid: guid, to: hook, of: .repository(repository))
        }
    }

    /// GitHub's greeting for a new webhook.
    func ping(_ hook: Webhook, in repository: Repository, sender: Account) {
        let payload: JSON = [
            "zen": "Approachable is better than simple.", "hook_id": .int(hook.id),
            "hook": shape(hook, in: repository, addresses), "repository": shape(repository, addresses),
            "sender": simple(sender, addresses),
        ]
        deliver(
            "ping", action: nil, payload.encoded, guid: UUID().uuidString.lowercased(), to: hook,
            of: .repository(repository))
    }

    func deliver(
        _ event: String, action: String?, _ payload: String, guid: String, to hook: Webhook,
        of source: WebhookSource, isRedelivery: Bool = false
    ) {
        let fault = takeFault(event: event, repository: source.name, hook: hook.id)
        if case .lose = fault?.action { return }
        let isForm = hook.config.contentType == "form"
        let body = Array((isForm ? "payload=" + Self.formEncoded(payload) : payload).utf8)
        var secret = hook.config.secret
        if case .forge = fault?.action { secret = "not the secret of this webhook" }
        let headers = Self.headers(
            event: event, guid: guid, hook: hook, source: source, body: body, secret: secret)
        var delivery = Delivery(
            id: nextID(), repository: source.id, hook: hook.id, url: hook.config.url, guid: guid, event: event,
            action: action, isRedelivery: isRedelivery, payload: payload, requestHeaders: headers)
        if case .fail = fault?.action {
            delivery.outcome = .connectionFailed
            note(.connectionFailed, on: hook)
        }
        deliveries.append(delivery)
        if deliveries.count > Self.memory { deliveries.removeFirst(deliveries.count - Self.memory) }
        guard delivery.outcome == nil else { return }
        var outgoing = OutgoingDelivery(delivery: delivery.id, url: delivery.url, headers: headers, body: body)
        if case .delay(let time) = fault?.action { outgoing.delay = time }
        if case .double = fault?.action { outgoing.copies = 2 }
        send(outgoing)
    }

    /// Notes how a delivery ended.
    func finish(_ id: Int64, _ outcome: DeliveryOutcome, duration: Double) {
        underWay -= 1
        guard let position = deliveries.lastIndex(where: { $0.id == id }) else { return }
        deliveries[position].outcome = outcome
        deliveries[position].duration = (duration * 1000).rounded() / 1000
        let delivery = deliveries[position]
        let hooks =
            repositories[delivery.repository]?.hooks ?? apps[delivery.repository]?.hook.map { [$0] }
            ?? account(id: delivery.repository)?.hooks ?? []
        if let hook = hooks.first(where: { $0.id == delivery.hook }) { note(outcome, on: hook) }
    }

    private func note(_ outcome: DeliveryOutcome, on hook: Webhook) {
        let isFine = outcome.status == "OK"
        hook.lastResponse = Webhook.LastResponse(
            code: outcome.code, status: isFine ? "active" : nil, message: outcome.status)
    }

    /// Waits until no delivery is queued or under way; `false` when that took too long.
    func becameIdle(within time: Duration) async -> Bool {
        let deadline = ContinuousClock.now + time
        while underWay > 0 {
            guard ContinuousClock.now < deadline, !Task.isCancelled else { return false }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return true
    }

    private static func headers(
        event: String, guid: String, hook: Webhook, source: WebhookSource, body: [UInt8], secret: String?
    ) -> [HeaderLine] {
        let type = hook.config.contentType == "form" ? "application/x-www-form-urlencoded" : "application/json"
        var headers = [
            ("Accept", "*/*"), ("Content-Type", type), ("User-Agent", "GitHub-Hookshot/5170a9d"),
            ("X-GitHub-Delivery", guid), ("X-GitHub-Event", event), ("X-GitHub-Hook-ID", String(hook.id)),
            ("X-GitHub-Hook-Installation-Target-ID", String(source.id)),
            ("X-GitHub-Hook-Installation-Target-Type", source.type),
        ]
        if let secret, !secret.isEmpty {
            headers.append(("X-Hub-Signature", Signature.sha1(secret: secret, body: body)))
            headers.append(("X-Hub-Signature-256", Signature.sha256(secret: secret, body: body)))
        }
        return headers.map { HeaderLine(name: $0.0, value: $0.1) }
    }

    private static func formEncoded(_ text: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._*".utf8)
        let digits = Array("0123456789ABCDEF")
        var encoded = ""
        for byte in text.utf8 {
            if plain.contains(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else if byte == UInt8(ascii: " ") {
                encoded += "+"
            } else {
                encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return encoded
    }
}
