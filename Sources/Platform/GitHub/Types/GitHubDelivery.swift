import Foundation

/// One delivery of a webhook, as the list shows it.
public struct GitHubDelivery: Sendable, Hashable, Decodable {
    /// Each attempt has its own.
    public var id: Int64
    /// The `X-GitHub-Delivery` header: the same for all attempts, and for all webhooks that one event went to.
    public var guid: String
    /// When it was sent.
    public var deliveredAt: Date
    /// Whether somebody asked for it again.
    public var isRedelivery: Bool
    /// `OK`, or what went wrong.
    public var status: String
    /// The status of our answer; 0 when there was none.
    public var statusCode: Int
    /// Such as `push`.
    public var event: String
    /// Such as `opened`.
    public var action: String?

    private enum CodingKeys: String, CodingKey {
        case id, guid, status, event, action
        case deliveredAt = "delivered_at"
        case isRedelivery = "redelivery"
        case statusCode = "status_code"
    }

    /// Whether our side took it.
    public var succeeded: Bool { status == "OK" }
}
