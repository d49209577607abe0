import Foundation
import OpenSSL

/// A signature made with an SSH key, as `git commit -S` (with `gpg.format=ssh`) and `ssh-keygen -Y sign` write it.
///
/// The format is OpenSSH's PROTOCOL.sshsig.
public struct SSHSignature: Sendable, Hashable {
    /// The key that is said to have signed.
    public let publicKey: SSHPublicKey
    private let namespace: [UInt8]
    private let reserved: [UInt8]
    private let hash: String
    private let signature: [UInt8]

    private static let magic = Array("SSHSIG".utf8)
    private static let begin = "-----BEGIN SSH SIGNATURE-----"
    private static let end = "-----END SSH SIGNATURE-----"

    /// `nil` when the text is not a signature of that format.
    public init?(armored bytes: [UInt8]) {
        guard bytes.count <= 64 << 10, let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        guard lines.first == Self.begin, lines.last == Self.end,
            let data = Data(base64Encoded: lines.dropFirst().dropLast().joined())
        else { return nil }
        var reader = SSHReader(data)
        guard reader.bytes(Self.magic.count) == Self.magic, reader.number() == 1, let key = reader.string(),
            let publicKey = SSHPublicKey(blob: key), let namespace = reader.string(), let reserved = reader.string(),
            let hash = reader.text(), let signature = reader.string(), reader.isAtEnd
        else { return nil }
        self.publicKey = publicKey
        self.namespace = namespace
        self.reserved = reserved
        self.hash = hash
        self.signature = signature
    }

    /// Whether the key that it names made it of this message, for this use.
    public func verifies(_ message: [UInt8], namespace: String) -> Bool {
        guard self.namespace == Array(namespace.utf8), let key = publicKey.ed25519 else { return false }
        let digest: [UInt8]
        switch hash {
        case "sha512": digest = SHA512.hash(message)
        case "sha256": digest = SHA256.hash(message)
        default: return false
        }
        var reader = SSHReader(signature)
        guard reader.text() == SSHPublicKey.verifiableKind, let bytes = reader.string(), reader.isAtEnd else {
            return false
        }
        var signed = Self.magic
        for part in [self.namespace, reserved, Array(hash.utf8), digest] { signed += SSHReader.string(part) }
        return Ed25519.verify(bytes, of: signed, publicKey: key)
    }
}
