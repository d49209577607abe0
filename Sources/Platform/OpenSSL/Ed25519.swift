import COpenSSL

/// Signatures with Ed25519 (RFC 8032).
public enum Ed25519 {
    /// Whether the signature (64 bytes) of the message was made with the private half of a public key (32 bytes).
    public static func verify(_ signature: [UInt8], of message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard signature.count == 64, let key = try? KeyHandle(rawPublic: publicKey, kind: EVP_PKEY_ED25519) else {
            return false
        }
        return key.verifies(signature, of: message, digest: nil)
    }

    /// A private key with its public half.
    public struct KeyPair: Sendable, CustomStringConvertible, CustomReflectable {
        /// The private key, 32 bytes.
        public let seed: [UInt8]
        /// The public key, 32 bytes.
        public let publicKey: [UInt8]
        /// What stands behind the key in OpenSSH's files: no more than a name for people.
        public let comment: String

        /// A new pair from 32 random bytes.
        public static func generate(comment: String = "") throws(CryptoError) -> KeyPair {
            try KeyPair(seed: RandomBytes.make(32), comment: comment)
        }

        /// - Parameters:
        ///   - seed: 32 bytes.
        ///   - comment: line ends in it become spaces.
        public init(seed: [UInt8], comment: String = "") throws(CryptoError) {
            publicKey = try KeyHandle(rawPrivate: seed, kind: EVP_PKEY_ED25519).rawPublicKey()
            self.seed = seed
            self.comment = String(comment.map { $0.isNewline ? " " : $0 })
        }

        /// A signature of 64 bytes.
        public func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
            try KeyHandle(rawPrivate: seed, kind: EVP_PKEY_ED25519).sign(message, digest: nil)
        }

        public var description: String { "<Ed25519 key pair \(fingerprint)>" }
        /// Keeps the private key out of `dump` and of debuggers' prints.
        public var customMirror: Mirror { Mirror(self, children: ["fingerprint": fingerprint]) }
    }
}
