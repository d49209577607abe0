import Foundation
import OpenSSL

/// A public key of OpenSSH.
public struct SSHPublicKey: Sendable, Hashable, CustomStringConvertible {
    /// The kind that signatures can be verified of.
    public static let verifiableKind = "ssh-ed25519"

    /// `ssh-ed25519`, `ssh-rsa`, …
    public let kind: String
    /// The key in SSH's binary format.
    let blob: [UInt8]

    /// A line of `authorized_keys` or of a `.pub` file, without options; `nil` when it is not one.
    public init?(_ line: some StringProtocol) {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, line.utf8.count <= 16 << 10, let data = Data(base64Encoded: String(words[1])) else {
            return nil
        }
        self.init(blob: [UInt8](data))
        guard kind == words[0] else { return nil }
    }

    init?(blob: [UInt8]) {
        var reader = SSHReader(blob)
        guard let kind = reader.text(), !kind.isEmpty, !reader.isAtEnd else { return nil }
        self.kind = kind
        self.blob = blob
        if kind == Self.verifiableKind, ed25519 == nil { return nil }
    }

    /// The 32 bytes of an Ed25519 key.
    var ed25519: [UInt8]? {
        var reader = SSHReader(blob)
        guard reader.text() == Self.verifiableKind, let key = reader.string(), key.count == 32, reader.isAtEnd else {
            return nil
        }
        return key
    }

    /// As `ssh-keygen -l` prints it: `SHA256:` and 43 characters.
    public var description: String {
        var text = Data(SHA256.hash(blob)).base64EncodedString()
        while text.last == "=" { text.removeLast() }
        return "SHA256:\(text)"
    }
}
