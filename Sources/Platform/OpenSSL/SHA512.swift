import COpenSSL

/// SHA-512 (FIPS 180-4).
public enum SHA512 {
    /// 64 bytes.
    public static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 64)
        var length: UInt32 = 64
        let result = bytes.withBytes { EVP_Digest($0.baseAddress, $0.count, &digest, &length, EVP_sha512(), nil) }
        precondition(result == 1 && length == 64, "SHA-512 is not available")
        return digest
    }
}
