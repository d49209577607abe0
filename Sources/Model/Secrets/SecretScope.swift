import OpenSSL

/// What a sealed secret is bound to.
struct SecretScope {
    /// The associated data of the encryption.
    let text: [UInt8]

    init(repository: RepositoryName, name: String) {
        text = Array("kozmic sealed secret 1\n\(repository.key)\n\(name)".utf8)
    }

    /// What a sealed text says about its scope. It hides nothing: both names stand beside the text.
    var binding: [UInt8] { Array(SHA256.hash(text).prefix(SealedSecret.bindingBytes)) }
}

/// The key and nonce of one sealed secret.
struct SealingMaterial {
    let key: [UInt8]
    let nonce: [UInt8]

    /// Both public keys take part, so that neither can be exchanged for another with the same shared secret.
    init(shared: [UInt8], ephemeralKey: [UInt8], sealingKey: SealingKey) {
        let bytes = HKDF.sha256(
            secret: shared, salt: ephemeralKey + sealingKey.bytes, info: Array("kozmic sealed secret 1".utf8),
            length: 44)
        key = Array(bytes.prefix(32))
        nonce = Array(bytes.suffix(12))
    }
}
