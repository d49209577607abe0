import Foundation

extension World {
    func controlMakeFault(_ call: RESTCall) throws -> RESTAnswer {
        let target: Fault.Target
        let isRequest: Bool
        switch try required(call, "target") {
        case "request":
            isRequest = true
            target = .request(method: try call.string("method")?.uppercased(), path: try call.string("path"))
        case "webhook":
            isRequest = false
            target = .webhook(
                event: try call.string("event"), repository: try call.string("repository"),
                hook: call.body["hook"]?.number)
        case let other: throw RESTFailure(422, "\(other) is no target")
        }
        let fault = Fault(
            id: nextFaultID(), target: target, action: try Self.action(call, isRequest: isRequest),
            isAfter: try call.flag("after") ?? false, remaining: Int(call.body["times"]?.number ?? 1),
            given: call.body)
        faults.append(fault)
        return .created(["id": JSON(fault.id)])
    }

    private static func action(_ call: RESTCall, isRequest: Bool) throws(RESTFailure) -> Fault.Action {
        let name = try call.string("action") ?? ""
        switch (name, isRequest) {
        case ("status", true):
            guard let status = call.body["status"]?.number, (200..<600).contains(status) else {
                throw RESTFailure(422, "status is missing")
            }
            let headers = (call.body["headers"]?.members ?? []).map {
                HeaderLine(name: $0.name, value: $0.value.text ?? $0.value.encoded)
            }
            return .status(Int(status), headers: headers, body: call.body["body"])
        case ("delay", _):
            guard let time = call.body["milliseconds"]?.number, (0...600_000).contains(time) else {
                throw RESTFailure(422, "milliseconds is missing")
            }
            return .delay(.milliseconds(time))
        case ("disconnect", true): return .disconnect
        case ("fail", false): return .fail
        case ("lose", false): return .lose
        case ("double", false): return .double
        case ("forge", false): return .forge
        default: throw RESTFailure(422, "\(name) is no action of this target")
        }
    }

    func controlListFaults(_ call: RESTCall) -> RESTAnswer {
        RESTAnswer(
            body: .array(
                faults.map {
                    let head: JSON = ["id": JSON($0.id), "remaining": JSON($0.remaining), "hits": JSON($0.hits)]
                    return head.adding($0.given)
                }))
    }

    /// One of them when the path names it, else all.
    func controlRemoveFaults(_ call: RESTCall) -> RESTAnswer {
        let wanted = call.parameters["fault"]
        faults.removeAll { wanted == nil || String($0.id) == wanted }
        return .noContent
    }

    func controlSetQuota(_ call: RESTCall) throws -> RESTAnswer {
        let user = try call.string("user").map(controlAccount)
        guard let remaining = call.body["remaining"]?.number else { throw RESTFailure(422, "remaining is missing") }
        let seconds = call.body["reset_in"]?.number ?? 3600
        var quota = Quota(
            limit: user == nil ? 60 : 5000, resetsAt: Date(timeIntervalSinceNow: TimeInterval(seconds)))
        quota.used = quota.limit - Int(max(0, min(remaining, Int64(quota.limit))))
        quotas[user?.key ?? ""] = quota
        return .noContent
    }

    func controlSendEvent(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try controlRepository(call)
        let event = try required(call, "event")
        guard let payload = call.body["payload"] else { throw RESTFailure(422, "payload is missing") }
        deliver(event, action: payload["action"]?.text, payload.encoded, in: repository)
        return RESTAnswer(status: 202, body: [:])
    }

    func controlRedeliver(_ call: RESTCall) throws -> RESTAnswer {
        let repository = try controlRepository(call)
        let id = try call.id("hook")
        guard let hook = repository.hooks.first(where: { $0.id == id }),
            let delivery = deliveries.last(where: { $0.id == call.body["delivery"]?.number && $0.hook == id })
        else { throw RESTFailure(404, "there is no such delivery") }
        redeliver(delivery, hook, in: repository)
        return RESTAnswer(status: 202, body: [:])
    }

    func controlReset(_ call: RESTCall) throws -> RESTAnswer {
        try reset()
        return .noContent
    }
}
