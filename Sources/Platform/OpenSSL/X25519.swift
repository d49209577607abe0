import COpenSSL

/// Agreement on a shared secret with X25519 (RFC 7748).
public enum X25519 {
    /// A private key with its public half.
    public struct KeyPair: Sendable, CustomStringConvertible, CustomReflectable {
        /// The private key, 32 bytes.
        public let privateKey: [UInt8]
        /// The public key, 32 bytes.
        public let publicKey: [UInt8]

        /// A new pair from 32 random bytes.
        public static func generate() throws(CryptoError) -> KeyPair { try KeyPair(privateKey: RandomBytes.make(32)) }

        /// - Parameter privateKey: 32 bytes.
        public init(privateKey: [UInt8]) throws(CryptoError) {
            publicKey = try KeyHandle(rawPrivate: privateKey, kind: EVP_PKEY_X25519).rawPublicKey()
            self.privateKey = privateKey
        }

        /// The secret that both sides compute, 32 bytes. Derive keys from it, do not use it as one.
        ///
        /// - Throws: `badKey` also for the few public keys that lead to the same secret with everybody.
        public func agree(with otherPublicKey: [UInt8]) throws(CryptoError) -> [UInt8] {
            let mine = try KeyHandle(rawPrivate: privateKey, kind: EVP_PKEY_X25519)
            let other = try KeyHandle(rawPublic: otherPublicKey, kind: EVP_PKEY_X25519)
            let context = EVP_PKEY_CTX_new(mine.pointer, nil)
            defer { EVP_PKEY_CTX_free(context) }
            var secret = [UInt8](repeating: 0, count: 32)
            var length = 32
            guard EVP_PKEY_derive_init(context) == 1, EVP_PKEY_derive_set_peer(context, other.pointer) == 1,
                EVP_PKEY_derive(context, &secret, &length) == 1, length == 32, secret.contains(where: { $0 != 0 })
            else {
                ERR_clear_error()
                throw .badKey("the other side's public key is not usable")
            }
            return secret
        }

        public var description: String { "<X25519 key pair>" }
        /// Keeps the private key out of `dump` and of debuggers' prints.
        public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
    }
}
