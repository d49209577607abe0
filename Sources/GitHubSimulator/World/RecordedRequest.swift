import Foundation

/// A request as it is remembered for assertions.
struct RecordedRequest: Sendable {
    let id: Int
    let time: Date
    let kind: String
    let method: String
    let path: String
    let query: String
    let user: String?
    /// 0 when the connection was dropped.
    let status: Int
    /// It cost quota.
    let isCounted: Bool

    var isWrite: Bool {
        kind == "git" ? (path + "?" + query).contains("git-receive-pack") : !["GET", "HEAD"].contains(method)
    }

    var json: JSON {
        [
            "id": JSON(id), "time": JSON(time), "kind": .string(kind), "method": .string(method),
            "path": .string(path), "query": .string(query), "user": JSON(user), "status": JSON(status),
            "counted": .bool(isCounted),
        ]
    }
}

/// What one user has left of the hour.
struct Quota: Sendable {
    let limit: Int
    var used = 0
    var resetsAt: Date

    var remaining: Int { max(0, limit - used) }
}
