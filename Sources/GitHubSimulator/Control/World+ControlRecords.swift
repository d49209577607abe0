import Foundation
import OpenSSL

extension World {
    func controlListStatuses(_ call: RESTCall) throws -> RESTAnswer {
        let statuses = try controlRepository(call).statuses[call.parameter("sha").lowercased()] ?? []
        return RESTAnswer(
            body: .array(
                statuses.map { status in
                    [
                        "id": .int(status.id), "context": .string(status.context), "state": .string(status.state),
                        "description": JSON(status.description), "target_url": JSON(status.targetURL),
                        "creator": .string(status.creator.login), "created_at": JSON(status.createdAt),
                    ]
                }))
    }

    func controlListHooks(_ call: RESTCall) throws -> RESTAnswer {
        let hooks = try controlRepository(call).hooks
        return RESTAnswer(body: .array(hooks.map(summary)))
    }

    private func summary(_ hook: Webhook) -> JSON {
        let last = hook.lastResponse
        let fingerprint = hook.config.secret.map { Hex.encode(SHA256.hash(Array($0.utf8))) }
        return [
            "id": .int(hook.id), "active": JSON(hook.isActive), "events": JSON(hook.events),
            "url": .string(hook.config.url), "content_type": .string(hook.config.contentType),
            "insecure_ssl": .string(hook.config.insecureSSL), "secret_sha256": JSON(fingerprint),
            "last_response": [
                "code": last.code.map { JSON($0) } ?? .null, "status": JSON(last.status),
                "message": JSON(last.message),
            ],
        ]
    }

    func controlListKeys(_ call: RESTCall) throws -> RESTAnswer {
        let keys = try controlRepository(call).keys
        return RESTAnswer(
            body: .array(
                keys.map {
                    [
                        "id": .int($0.id), "title": .string($0.title), "key": .string($0.key),
                        "read_only": JSON($0.isReadOnly),
                    ]
                }))
    }

    /// Of one repository when the path names it, else of all.
    func controlListDeliveries(_ call: RESTCall) throws -> RESTAnswer {
        let wanted = call.parameters["repo"] == nil ? nil : try controlRepository(call).id
        let found = deliveries.filter { wanted == nil || $0.repository == wanted }
        return RESTAnswer(
            body: .array(
                found.map { delivery in
                    let head: JSON = [
                        "id": .int(delivery.id), "repository": JSON(repositories[delivery.repository]?.fullName),
                        "hook_id": .int(delivery.hook), "url": .string(delivery.url),
                        "guid": .string(delivery.guid), "event": .string(delivery.event),
                        "action": JSON(delivery.action), "redelivery": JSON(delivery.isRedelivery),
                    ]
                    return head.adding([
                        "status": .string(delivery.outcome?.status ?? "pending"),
                        "status_code": delivery.outcome.map { JSON($0.code) } ?? .null,
                        "delivered_at": JSON(delivery.deliveredAt), "duration": .double(delivery.duration),
                    ])
                }))
    }

    func controlListRequests(_ call: RESTCall) -> RESTAnswer {
        let since = call.query("since").flatMap { Int($0) } ?? 0
        let isWrites = call.query("writes") == "true"
        let user = call.query("user")?.lowercased()
        let found = requests.filter {
            $0.id > since && (!isWrites || $0.isWrite) && (user == nil || $0.user?.lowercased() == user)
        }
        return RESTAnswer(body: ["last": JSON(lastRequestID), "requests": .array(found.map(\.json))])
    }

    func controlForgetRequests(_ call: RESTCall) -> RESTAnswer {
        requests = []
        return .noContent
    }

    func controlIdle(_ call: RESTCall) async -> RESTAnswer {
        let timeout = min(60_000, max(0, call.query("timeout").flatMap { Int($0) } ?? 5000))
        return RESTAnswer(body: ["idle": JSON(await becameIdle(within: .milliseconds(timeout)))])
    }

    func controlHealth(_ call: RESTCall) -> RESTAnswer {
        RESTAnswer(body: ["ok": true, "url": .string(root), "api_url": .string(addresses.api)])
    }
}
