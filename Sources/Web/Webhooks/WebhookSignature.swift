import HTTPTypes
import OpenSSL

/// GitHub's signature of a delivery: HMAC-SHA-256 of the raw body in `X-Hub-Signature-256: sha256=<hex>`.
enum WebhookSignature {
    /// Whether the request carries the signature of this body and secret; compared in constant time.
    static func isValid(_ headers: HTTPFields, body: [UInt8], secret: [UInt8]) -> Bool {
        guard let header = headers[.hubSignature], header.hasPrefix("sha256="), header.utf8.count == 71,
            let given = Hex.decode(header.dropFirst(7))
        else { return false }
        return ConstantTime.equal(given, HMAC.sha256(key: secret, body))
    }
}
