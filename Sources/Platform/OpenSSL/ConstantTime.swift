import COpenSSL

/// Comparisons whose duration does not depend on where two values differ.
public enum ConstantTime {
    /// Whether both hold the same bytes. Only their lengths may be guessed from the time it takes.
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
