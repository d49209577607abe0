import COpenSSL

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
    /// 32 bytes.
    public static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let input = Array(bytes)
        var length: UInt32 = 32
        EVP_Digest(input, input.count, &digest, &length, EVP_sha256(), nil)
        return digest
    }
}
