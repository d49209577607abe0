import COpenSSL

/// RSA signatures with SHA-256 and PKCS#1 v1.5 padding (RFC 7518, `RS256`), as GitHub Apps sign with.
public enum RS256 {
    /// - Parameters:
    ///   - pem: an RSA private key without a pass phrase, `RSA PRIVATE KEY` (PKCS#1) or `PRIVATE KEY` (PKCS#8).
    ///   - message: what is signed.
    public static func sign(pem: String, _ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        guard pem.utf8.count <= 64 << 10 else { throw .badKey("too large for a private key") }
        let key = try privateKey(Array(pem.utf8))
        guard EVP_PKEY_get_base_id(key.pointer) == EVP_PKEY_RSA else { throw .badKey("not an RSA key") }
        guard EVP_PKEY_get_bits(key.pointer) >= 2048 else { throw .badKey("an RSA key needs 2048 bits or more") }
        return try key.sign(message, digest: EVP_sha256())
    }

    /// Whether the signature of the message was made with the private half of the key.
    ///
    /// - Parameter publicKey: PEM, `PUBLIC KEY`. One that cannot be read verifies nothing.
    public static func verifies(_ signature: [UInt8], of message: [UInt8], publicKey: String) -> Bool {
        let pointer = Array(publicKey.utf8.prefix(64 << 10)).withUnsafeBytes { bytes in
            let source = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
            defer { BIO_free(source) }
            return PEM_read_bio_PUBKEY(source, nil, nil, nil)
        }
        guard let pointer else {
            ERR_clear_error()
            return false
        }
        let key = KeyHandle(owning: pointer)
        guard EVP_PKEY_get_base_id(key.pointer) == EVP_PKEY_RSA else { return false }
        return key.verifies(signature, of: message, digest: EVP_sha256())
    }

    private static func privateKey(_ text: [UInt8]) throws(CryptoError) -> KeyHandle {
        // Without a callback of ours the library would ask for the pass phrase on the terminal.
        let pointer = text.withUnsafeBytes { bytes in
            let source = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
            defer { BIO_free(source) }
            return PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
        }
        guard let pointer else {
            ERR_clear_error()
            throw .badKey("not a PEM private key without a pass phrase")
        }
        return KeyHandle(owning: pointer)
    }
}
