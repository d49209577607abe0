import OpenSSL

/// The token that GitHub gave for a person who signed in, as it is stored: encrypted with AES-GCM by a key that is
/// derived from the secret key, and bound to the person, so that a row that is copied to another one opens nothing.
public enum SignInToken {
    private static let purpose = "sign-in token"

    /// Encrypts it: a nonce of 12 bytes, the ciphertext, the tag.
    ///
    /// - Throws: when OpenSSL fails.
    public static func seal(_ token: String, person: Int64, key: SecretKey) throws(CryptoError) -> [UInt8] {
        let nonce = RandomBytes.make(12)
        return nonce
            + (try AESGCM.seal(
                key: key.sealingKey(for: purpose), nonce: nonce, plaintext: Array(token.utf8),
                associatedData: binding(person)))
    }

    /// - Throws: `notAuthentic` for what was sealed for another person or with another secret key.
    public static func open(_ sealed: [UInt8], person: Int64, key: SecretKey) throws(CryptoError) -> String {
        guard sealed.count > 12 else { throw .notAuthentic }
        let bytes = try AESGCM.open(
            key: key.sealingKey(for: purpose), nonce: Array(sealed.prefix(12)), Array(sealed.dropFirst(12)),
            associatedData: binding(person))
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func binding(_ person: Int64) -> [UInt8] { Array("kozmic sign-in token 1\n\(person)".utf8) }
}
