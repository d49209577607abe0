import COpenSSL

/// Random bytes that nobody can predict.
public enum RandomBytes {
    /// `count` bytes, fit for keys. Stops the program when the system has no randomness: a guessable key is worse.
    public static func make(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        precondition(RAND_bytes(&bytes, Int32(count)) == 1, "the system has no randomness")
        return bytes
    }
}
