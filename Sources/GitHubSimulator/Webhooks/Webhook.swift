import Foundation

/// A webhook of a repository. Lives inside ``World``.
final class Webhook {
    /// What is sent where, and how.
    struct Config: Hashable {
        var url: String
        var contentType = "form"
        var insecureSSL = "0"
        var secret: String?

        /// Two webhooks with the same address and overlapping events are one too many; the secret does not count.
        func collides(with other: Config) -> Bool {
            url == other.url && contentType == other.contentType && insecureSSL == other.insecureSSL
        }
    }

    /// How the latest delivery went.
    struct LastResponse {
        var code: Int?
        var status: String?
        var message: String?
    }

    let id: Int64
    var isActive: Bool
    var events: [String]
    var config: Config
    let createdAt = Date()
    var updatedAt = Date()
    var lastResponse = LastResponse(code: nil, status: "unused", message: nil)

    init(id: Int64, isActive: Bool, events: [String], config: Config) {
        self.id = id
        self.isActive = isActive
        self.events = events
        self.config = config
    }

    func listens(to event: String) -> Bool { events.contains("*") || events.contains(event) }

    func overlaps(_ others: [String]) -> Bool {
        events.contains("*") || others.contains("*") || !Set(events).isDisjoint(with: others)
    }
}
