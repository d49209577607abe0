import COpenSSL

/// AES-256 in Galois/Counter mode (NIST SP 800-38D): encrypts, and notices every change.
public enum AESGCM {
    private static let tagSize = 16

    /// Encrypts.
    ///
    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - nonce: 12 bytes that were never used with this key before.
    ///   - associatedData: not encrypted, not part of the result, but must be the same to open it.
    /// - Returns: the ciphertext, then a tag of 16 bytes.
    public static func seal(
        key: [UInt8], nonce: [UInt8], plaintext: [UInt8], associatedData: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        let context = try CipherContext(key: key, nonce: nonce, encrypts: true)
        try context.authenticate(associatedData)
        let ciphertext = try context.update(plaintext)
        guard context.finish() else { throw .failed("AES-GCM") }
        var tag = [UInt8](repeating: 0, count: tagSize)
        let got = EVP_CIPHER_CTX_ctrl(context.pointer, EVP_CTRL_AEAD_GET_TAG, Int32(tagSize), &tag)
        guard got == 1 else { throw .failed("AES-GCM") }
        return ciphertext + tag
    }

    /// Decrypts what `seal` made; throws `notAuthentic` when anything differs.
    public static func open(
        key: [UInt8], nonce: [UInt8], _ sealed: [UInt8], associatedData: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        guard sealed.count >= tagSize else { throw .notAuthentic }
        let context = try CipherContext(key: key, nonce: nonce, encrypts: false)
        try context.authenticate(associatedData)
        let plaintext = try context.update(Array(sealed.dropLast(tagSize)))
        var tag = Array(sealed.suffix(tagSize))
        let set = EVP_CIPHER_CTX_ctrl(context.pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tagSize), &tag)
        guard set == 1, context.finish() else { throw .notAuthentic }
        return plaintext
    }
}

/// Owns an `EVP_CIPHER_CTX` for one message.
private struct CipherContext: ~Copyable {
    let pointer: OpaquePointer

    init(key: [UInt8], nonce: [UInt8], encrypts: Bool) throws(CryptoError) {
        guard key.count == 32 else { throw .badKey("AES-256 needs 32 bytes") }
        guard nonce.count == 12 else { throw .badNonce }
        guard let pointer = EVP_CIPHER_CTX_new() else { throw .failed("AES-GCM") }
        guard EVP_CipherInit_ex(pointer, EVP_aes_256_gcm(), nil, key, nonce, encrypts ? 1 : 0) == 1 else {
            EVP_CIPHER_CTX_free(pointer)
            throw .failed("AES-GCM")
        }
        self.pointer = pointer
    }

    deinit { EVP_CIPHER_CTX_free(pointer) }

    func authenticate(_ bytes: [UInt8]) throws(CryptoError) {
        guard !bytes.isEmpty else { return }
        var length: Int32 = 0
        guard EVP_CipherUpdate(pointer, nil, &length, bytes, Int32(bytes.count)) == 1 else { throw .failed("AES-GCM") }
    }

    func update(_ bytes: [UInt8]) throws(CryptoError) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        guard bytes.count < Int(Int32.max) else { throw .failed("AES-GCM of more than 2 GiB") }
        var output = [UInt8](repeating: 0, count: bytes.count)
        var length: Int32 = 0
        guard EVP_CipherUpdate(pointer, &output, &length, bytes, Int32(bytes.count)) == 1 else {
            throw .failed("AES-GCM")
        }
        return output
    }

    /// Ends the message; when decrypting, `false` means that the tag is wrong.
    func finish() -> Bool {
        var rest = [UInt8](repeating: 0, count: 16)
        var length: Int32 = 0
        return EVP_CipherFinal_ex(pointer, &rest, &length) == 1
    }
}
