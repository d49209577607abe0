import OpenSSL

/// A controller's public key, with which anybody can seal secrets for it.
public struct SealingKey: Sendable, Hashable, CustomStringConvertible {
    /// What its text begins with.
    public static let prefix = "kozmic-key:v1:"

    /// The X25519 public key, 32 bytes.
    public let bytes: [UInt8]

    /// `nil` when the text is not a public key.
    public init?(_ text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix), text.utf8.count <= 128,
            let bytes = Base64URL.decode(text.dropFirst(Self.prefix.count)), bytes.count == 32
        else { return nil }
        self.bytes = bytes
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// The beginning of its SHA-256, which sealed texts carry.
    var id: [UInt8] { Array(SHA256.hash(bytes).prefix(SealedSecret.keyIDBytes)) }

    /// `kozmic-key:v1:` and 43 characters.
    public var description: String { Self.prefix + Base64URL.encode(bytes) }
}

/// The private half, derived from the server's secret key.
public struct OpeningKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// The public half.
    public let sealingKey: SealingKey
    private let pair: X25519.KeyPair

    /// - Throws: `CryptoError` when the library has no X25519.
    public init(_ secretKey: SecretKey) throws(CryptoError) {
        pair = try X25519.KeyPair(privateKey: secretKey.derived("kozmic sealing 1"))
        sealingKey = SealingKey(bytes: pair.publicKey)
    }

    /// The value of a secret that was sealed with the public half for this project and name.
    public func open(
        _ sealed: SealedSecret, for repository: RepositoryName, name: String
    ) throws(SealedSecretProblem) -> String {
        guard sealed.isBound(to: repository, name: name) else { throw .boundElsewhere }
        guard sealed.isSealed(with: sealingKey) else { throw .otherKey }
        let bytes: [UInt8]
        do throws(CryptoError) {
            let material = SealingMaterial(
                shared: try pair.agree(with: sealed.ephemeralKey), ephemeralKey: sealed.ephemeralKey,
                sealingKey: sealingKey)
            bytes = try AESGCM.open(
                key: material.key, nonce: material.nonce, sealed.ciphertext,
                associatedData: SecretScope(repository: repository, name: name).text)
        } catch {
            throw .damaged
        }
        // Another program may have sealed what no environment can hold.
        guard !bytes.contains(0), let value = String(validating: bytes, as: UTF8.self) else {
            throw .unusable("it is not text in UTF-8 without zero bytes")
        }
        return value
    }

    public var description: String { "<opening key of \(sealingKey)>" }
    /// Keeps the private key out of `dump`.
    public var customMirror: Mirror { Mirror(self, children: ["sealingKey": sealingKey]) }
}
