/// What a delivery of GitHub says, in our own words.
public enum WebhookEvent: Sendable, Hashable {
    /// The first delivery of a webhook, or one that somebody asked for. The id is the webhook's.
    case ping(hookID: Int64?, zen: String)
    /// Something that may make a build.
    case trigger(TriggerEvent)
    /// A branch or tag is gone since that time, in seconds since 1970.
    case deleted(GitRef, at: Int64?)
    /// A pull request was closed or merged at that time, in seconds since 1970.
    case closed(pullRequest: Int, merged: Bool, at: Int64?)
    /// A merge queue is done with a group: the word says why, such as `merged` or `invalidated`.
    case mergeGroupEnded(GitRef, reason: String)
    /// Nothing to build, with the reason in one sentence.
    case ignored(String)

    /// Reads a payload.
    ///
    /// - Parameters:
    ///   - event: the request's `X-GitHub-Event`.
    ///   - payload: the JSON of the request's body, its signature already checked.
    /// - Throws: `PayloadError` naming the key that is wrong. Keys that do not matter here are not looked at.
    public static func parse(event: String, payload: [UInt8]) throws(PayloadError) -> WebhookEvent {
        switch event {
        case "push": return try Payload.decode(PushPayload.self, payload).event()
        case "pull_request": return try Payload.decode(PullRequestPayload.self, payload).event()
        case "merge_group": return try Payload.decode(MergeGroupPayload.self, payload).event()
        case "ping":
            let ping = try Payload.decode(PingPayload.self, payload)
            return .ping(hookID: ping.hookID, zen: Payload.cut(ping.zen ?? "", to: Payload.maximumName))
        default:
            let isName = event.utf8.count <= 64 && event.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            return .ignored("the event \(isName ? "'\(event)'" : "with that name") makes no build")
        }
    }

    private struct PingPayload: Decodable {
        var zen: String?
        var hookID: Int64?

        private enum CodingKeys: String, CodingKey {
            case zen
            case hookID = "hook_id"
        }
    }
}
