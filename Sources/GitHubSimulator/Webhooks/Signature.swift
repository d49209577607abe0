import OpenSSL

/// The signatures of a webhook request, made here on their own: the receiver's code is what they test.
enum Signature {
    /// `sha256=` and the HMAC of the raw body in hexadecimal.
    static func sha256(secret: String, body: [UInt8]) -> String {
        "sha256=" + Hex.encode(mac(secret, body, hash: { SHA256.hash($0) }))
    }

    /// `sha1=` and the HMAC of the raw body in hexadecimal.
    static func sha1(secret: String, body: [UInt8]) -> String {
        "sha1=" + Hex.encode(mac(secret, body, hash: SHA1.hash))
    }

    /// RFC 2104 over a hash with blocks of 64 bytes.
    private static func mac(_ secret: String, _ body: [UInt8], hash: ([UInt8]) -> [UInt8]) -> [UInt8] {
        var key = Array(secret.utf8)
        if key.count > 64 { key = hash(key) }
        key += [UInt8](repeating: 0, count: 64 - key.count)
        return hash(key.map { $0 ^ 0x5C } + hash(key.map { $0 ^ 0x36 } + body))
    }
}
