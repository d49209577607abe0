import OpenSSL

/// A secret that only the controller can open, bound to one project and one variable's name.
///
/// The text may be read by everybody. `README.md` beside this file documents the format for other programs.
public struct SealedSecret: Sendable, Hashable, CustomStringConvertible {
    /// What every sealed text begins with.
    public static let prefix = "sealed:v1:"
    /// The longest value, in bytes of UTF-8: half of what Linux takes for one environment variable.
    public static let maximumValueBytes = 64 << 10

    static let keyIDBytes = 8
    static let bindingBytes = 8
    private static let headerBytes = keyIDBytes + bindingBytes + 32
    private static let tagBytes = 16

    /// Names the key that it is sealed for.
    let keyID: [UInt8]
    /// Names the project and the variable.
    let binding: [UInt8]
    /// The sender's public key, used once.
    let ephemeralKey: [UInt8]
    /// The encrypted value and its tag.
    let ciphertext: [UInt8]

    /// Reads a sealed text; whether it can be opened is not known then.
    ///
    /// - Throws: `SealedSecretProblem.malformed`.
    public init(_ text: some StringProtocol) throws(SealedSecretProblem) {
        let sizes = Self.headerBytes + 1 + Self.tagBytes...Self.headerBytes + Self.maximumValueBytes + Self.tagBytes
        // Longer texts are not even decoded.
        guard text.hasPrefix(Self.prefix), text.utf8.count <= Self.prefix.utf8.count + sizes.upperBound * 4 / 3 + 1,
            let bytes = Base64URL.decode(text.dropFirst(Self.prefix.count)), sizes.contains(bytes.count)
        else { throw .malformed }
        keyID = Array(bytes.prefix(Self.keyIDBytes))
        binding = Array(bytes.dropFirst(Self.keyIDBytes).prefix(Self.bindingBytes))
        ephemeralKey = Array(bytes.prefix(Self.headerBytes).suffix(32))
        ciphertext = Array(bytes.dropFirst(Self.headerBytes))
    }

    /// Seals a value.
    ///
    /// - Throws: `unusable` when the value cannot be an environment variable.
    public static func seal(
        _ value: String, for repository: RepositoryName, name: String, with key: SealingKey
    ) throws(SealedSecretProblem) -> SealedSecret {
        guard !value.isEmpty else { throw .unusable("it is empty") }
        guard value.utf8.count <= maximumValueBytes else {
            throw .unusable("it is longer than \(maximumValueBytes) bytes")
        }
        guard !value.utf8.contains(0) else { throw .unusable("it holds a zero byte") }
        let scope = SecretScope(repository: repository, name: name)
        do throws(CryptoError) {
            let ephemeral = try X25519.KeyPair.generate()
            let material = SealingMaterial(
                shared: try ephemeral.agree(with: key.bytes), ephemeralKey: ephemeral.publicKey, sealingKey: key)
            let ciphertext = try AESGCM.seal(
                key: material.key, nonce: material.nonce, plaintext: Array(value.utf8), associatedData: scope.text)
            return SealedSecret(
                keyID: key.id, binding: scope.binding, ephemeralKey: ephemeral.publicKey, ciphertext: ciphertext)
        } catch {
            throw .unusable("the public key cannot be used: \(error)")
        }
    }

    private init(keyID: [UInt8], binding: [UInt8], ephemeralKey: [UInt8], ciphertext: [UInt8]) {
        self.keyID = keyID
        self.binding = binding
        self.ephemeralKey = ephemeralKey
        self.ciphertext = ciphertext
    }

    /// Whether it was made for this project and variable; anybody can tell. Only opening it proves that nobody
    /// tampered with it.
    public func isBound(to repository: RepositoryName, name: String) -> Bool {
        binding == SecretScope(repository: repository, name: name).binding
    }

    /// Whether it was sealed with this public key, as far as it says so itself.
    public func isSealed(with key: SealingKey) -> Bool { keyID == key.id }

    /// The sealed text.
    public var description: String {
        Self.prefix + Base64URL.encode(keyID + binding + ephemeralKey + ciphertext)
    }
}

/// Why a value cannot be sealed, or a sealed text cannot be opened. Never holds a value.
public enum SealedSecretProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text does not have the form.
    case malformed
    /// The value cannot be sealed, and why.
    case unusable(String)
    /// It was made for another project or another variable.
    case boundElsewhere
    /// It was sealed with a public key whose private half is not here.
    case otherKey
    /// Somebody changed it.
    case damaged

    public var description: String {
        switch self {
        case .malformed: "not a sealed value: it begins with \(SealedSecret.prefix) and is made by 'kozmic secret seal'"
        case .unusable(let reason): "the value cannot be sealed: \(reason)"
        case .boundElsewhere: "it was sealed for another project or another name; seal it again for this one"
        case .otherKey:
            "it was sealed with a public key that is not this server's; seal it again, or give the server the old key "
                + "with --old-secret-key-file"
        case .damaged: "it was changed after it was sealed; seal it again"
        }
    }
}
