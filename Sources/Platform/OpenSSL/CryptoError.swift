/// Why a cryptographic operation was refused. It never tells anything about keys or contents.
public enum CryptoError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The key's size or form is wrong.
    case badKey(String)
    /// The nonce's size is wrong.
    case badNonce
    /// The bytes were not made with this key, nonce and associated data, or were changed.
    case notAuthentic
    /// The library failed.
    case failed(String)

    public var description: String {
        switch self {
        case .badKey(let what): "bad key: \(what)"
        case .badNonce: "the nonce must have 12 bytes"
        case .notAuthentic: "the bytes do not belong to this key, or were changed"
        case .failed(let what): "\(what) failed"
        }
    }
}
