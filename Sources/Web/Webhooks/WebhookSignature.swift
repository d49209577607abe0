import HTTPTypes
import OpenSSL

/// GitHub's signature of a delivery: HMAC-SHA-256 of the raw body in `X-Hub-Signature-256: sha256=<hex>`.
struct WebhookSignature: Sendable {
    private let code: [UInt8]

    /// `nil` when the request carries none.
    init?(_ headers: HTTPFields) {
        guard let header = headers[.hubSignature], header.hasPrefix("sha256="), header.utf8.count == 71,
            let code = Hex.decode(header.dropFirst(7))
        else { return nil }
        self.code = code
    }

    /// Whether it is the signature of this body with this secret; compared in constant time.
    func isValid(body: [UInt8], secret: [UInt8]) -> Bool {
        ConstantTime.equal(code, HMAC.sha256(key: secret, body))
    }
}
