import COpenSSL

/// HKDF with SHA-256 (RFC 5869).
public enum HKDF {
    /// - Parameter length: bytes to derive, at most 8,160.
    public static func sha256(secret: [UInt8], salt: [UInt8], info: [UInt8], length: Int) -> [UInt8] {
        precondition((1...8160).contains(length), "HKDF-SHA-256 derives 1 to 8160 bytes")
        let salt = salt.isEmpty ? [UInt8](repeating: 0, count: 32) : salt
        let key = mac(key: salt, secret)
        var output: [UInt8] = []
        var block: [UInt8] = []
        var counter: UInt8 = 1
        while output.count < length {
            block = mac(key: key, block + info + [counter])
            output += block
            counter += 1
        }
        return Array(output.prefix(length))
    }

    private static func mac(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 32
        _ = COpenSSL.HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &digest, &length)
        return digest
    }
}
