/// HKDF with SHA-256 (RFC 5869).
public enum HKDF {
    /// - Parameter length: bytes to derive, at most 8,160.
    public static func sha256(secret: [UInt8], salt: [UInt8], info: [UInt8], length: Int) -> [UInt8] {
        precondition((1...8160).contains(length), "HKDF-SHA-256 derives 1 to 8160 bytes")
        let salt = salt.isEmpty ? [UInt8](repeating: 0, count: 32) : salt
        let key = HMAC.sha256(key: salt, secret)
        var output: [UInt8] = []
        var block: [UInt8] = []
        // As wide as Int: after 255 blocks a byte would overflow before the loop ends.
        var counter = 1
        while output.count < length {
            block = HMAC.sha256(key: key, block + info + [UInt8(counter)])
            output += block
            counter += 1
        }
        return Array(output.prefix(length))
    }
}
