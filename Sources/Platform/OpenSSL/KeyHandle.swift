import COpenSSL

/// Owns an `EVP_PKEY`.
struct KeyHandle: ~Copyable {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    /// A private key of a raw kind (`EVP_PKEY_ED25519`, `EVP_PKEY_X25519`).
    init(rawPrivate bytes: [UInt8], kind: Int32) throws(CryptoError) {
        guard bytes.count == 32, let pointer = EVP_PKEY_new_raw_private_key(kind, nil, bytes, bytes.count) else {
            throw .badKey("32 bytes are needed")
        }
        self.pointer = pointer
    }

    /// A public key of a raw kind.
    init(rawPublic bytes: [UInt8], kind: Int32) throws(CryptoError) {
        guard bytes.count == 32, let pointer = EVP_PKEY_new_raw_public_key(kind, nil, bytes, bytes.count) else {
            throw .badKey("32 bytes are needed")
        }
        self.pointer = pointer
    }

    deinit { EVP_PKEY_free(pointer) }

    /// The public half of a raw kind.
    func rawPublicKey() throws(CryptoError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        var length = 32
        guard EVP_PKEY_get_raw_public_key(pointer, &bytes, &length) == 1, length == 32 else {
            throw .failed("reading a public key")
        }
        return bytes
    }

    /// - Parameter digest: `nil` for Ed25519, which hashes by itself.
    func sign(_ message: [UInt8], digest: OpaquePointer?) throws(CryptoError) -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var length = 0
        guard EVP_DigestSignInit(context, nil, digest, nil, pointer) == 1,
            EVP_DigestSign(context, nil, &length, message, message.count) == 1
        else { throw failure("signing") }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else {
            throw failure("signing")
        }
        return Array(signature.prefix(length))
    }

    /// Whether the signature of the message was made with the private half.
    func verifies(_ signature: [UInt8], of message: [UInt8], digest: OpaquePointer?) -> Bool {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        let valid =
            EVP_DigestVerifyInit(context, nil, digest, nil, pointer) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        if !valid { ERR_clear_error() }
        return valid
    }
}

/// The queue of errors belongs to the thread; leaving an entry there would blame a later call for it.
private func failure(_ what: String) -> CryptoError {
    ERR_clear_error()
    return .failed(what)
}
