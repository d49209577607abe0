import COpenSSL

/// HMAC (RFC 2104).
public enum HMAC {
    /// HMAC with SHA-256: 32 bytes. Compare it with `ConstantTime.equal`, never with `==`.
    public static func sha256(key: [UInt8], _ bytes: some Collection<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 32
        let result = bytes.withBytes {
            COpenSSL.HMAC(EVP_sha256(), key, Int32(key.count), $0.baseAddress, $0.count, &digest, &length)
        }
        // Zeros would be an authentication code that anybody can guess.
        precondition(result != nil && length == 32, "HMAC-SHA-256 is not available")
        return digest
    }
}
