/// Trouble that was asked for, for the next requests or deliveries that match.
struct Fault: Sendable {
    /// What goes wrong.
    enum Action: Sendable {
        case status(Int, headers: [HeaderLine], body: JSON?)
        case delay(Duration)
        case disconnect
        case fail
        case lose
        case double
        case forge
    }

    /// Which requests or deliveries are meant; an absent part matches all.
    enum Target: Sendable {
        case request(method: String?, path: String?)
        case webhook(event: String?, repository: String?, hook: Int64?)
    }

    let id: Int
    let target: Target
    let action: Action
    /// The request is carried out first and its answer spoiled.
    let isAfter: Bool
    /// -1 is for ever.
    var remaining: Int
    var hits = 0
    /// What was asked for, to be shown again.
    let given: JSON

    func matches(method: String, path: String) -> Bool {
        guard case .request(let wantedMethod, let pattern) = target else { return false }
        return (wantedMethod == nil || wantedMethod == method)
            && (pattern.map { Self.matches(pattern: $0, path: path) } ?? true)
    }

    func matches(event: String, repository: String, hook: Int64) -> Bool {
        guard case .webhook(let wantedEvent, let wantedRepository, let wantedHook) = target else { return false }
        return (wantedEvent ?? event) == event && (wantedHook ?? hook) == hook
            && (wantedRepository ?? repository).lowercased() == repository.lowercased()
    }

    /// `*` stands for one segment, a last `**` for any rest.
    static func matches(pattern: String, path: String) -> Bool {
        let wanted = pattern.split(separator: "/", omittingEmptySubsequences: false)
        let given = path.split(separator: "/", omittingEmptySubsequences: false)
        for (position, part) in wanted.enumerated() {
            if part == "**", position == wanted.count - 1 { return given.count >= position }
            guard position < given.count, part == "*" || part == given[position] else { return false }
        }
        return wanted.count == given.count
    }
}
