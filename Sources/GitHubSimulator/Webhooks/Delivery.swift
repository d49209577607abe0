import Foundation

/// One webhook request, as GitHub remembers it.
struct Delivery: Sendable {
    let id: Int64
    let repository: Int64
    let hook: Int64
    let url: String
    let guid: String
    let event: String
    let action: String?
    let isRedelivery: Bool
    /// The payload as JSON text.
    let payload: String
    var requestHeaders: [HeaderLine]
    var outcome: DeliveryOutcome?
    var deliveredAt = Date()
    var duration = 0.0
}

/// A header name and its value.
struct HeaderLine: Sendable, Hashable {
    let name: String
    let value: String
}

/// How a webhook request ended.
enum DeliveryOutcome: Sendable {
    case answered(status: Int, headers: [HeaderLine], body: String)
    case connectionFailed
    case timedOut

    var status: String {
        switch self {
        case .answered(let code, _, _): (200..<300).contains(code) ? "OK" : "Invalid HTTP Response: \(code)"
        case .connectionFailed: "failed to connect to host"
        case .timedOut: "timed out"
        }
    }

    var code: Int {
        switch self {
        case .answered(let code, _, _): code
        case .connectionFailed: 502
        case .timedOut: 504
        }
    }
}

/// A request that is to be sent, with everything decided: the sender knows nothing of the world.
struct OutgoingDelivery: Sendable {
    let delivery: Int64
    let url: String
    let headers: [HeaderLine]
    let body: [UInt8]
    var delay: Duration = .zero
    /// Sent so many times; the first answer is the one that is remembered.
    var copies = 1
}
