import Foundation

/// Why a webhook's payload cannot be understood.
public struct PayloadError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The key that is wrong, such as `pull_request.head.sha`; `nil` when it is the payload as a whole.
    public var key: String?
    /// What is wrong with it. Never holds the value: payloads are other people's text.
    public var message: String

    /// Memberwise.
    public init(key: String? = nil, _ message: String) {
        self.key = key
        self.message = message
    }

    /// `key: message`
    public var description: String { key.map { "\($0): \(message)" } ?? message }
}

extension PayloadError {
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context): self.init(context.codingPath + [key], "is missing")
        case .valueNotFound(_, let context): self.init(context.codingPath, "is null")
        case .typeMismatch(_, let context): self.init(context.codingPath, "has the wrong type")
        case .dataCorrupted(let context):
            self.init(context.codingPath, context.codingPath.isEmpty ? "not JSON" : "cannot be read")
        @unknown default: self.init("cannot be read")
        }
    }

    private init(_ path: [any CodingKey], _ message: String) {
        let key = path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        self.init(key: key.isEmpty ? nil : key, message)
    }
}
