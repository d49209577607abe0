import Foundation

extension Ed25519.KeyPair {
    private static let kind = Array("ssh-ed25519".utf8)

    /// One line for `authorized_keys`, or for a deploy key: `ssh-ed25519 AAAA… comment`.
    public var publicKeyOpenSSH: String {
        "ssh-ed25519 " + Data(publicBlob).base64EncodedString() + (comment.isEmpty ? "" : " \(comment)")
    }

    /// As `ssh-keygen -l` prints it: `SHA256:` and 43 characters.
    public var fingerprint: String {
        var text = Data(SHA256.hash(publicBlob)).base64EncodedString()
        while text.last == "=" { text.removeLast() }
        return "SHA256:\(text)"
    }

    /// The private key as OpenSSH keeps it in files, without a pass phrase.
    public var privateKeyOpenSSH: String {
        // Readers compare two equal numbers to see whether a pass phrase was right; without one any number will do.
        let check = Array(SHA256.hash(publicKey).prefix(4))
        var secret = check + check
        secret += field(Self.kind) + field(publicKey) + field(seed + publicKey) + field(Array(comment.utf8))
        var padding: UInt8 = 1
        while !secret.count.isMultiple(of: 8) {
            secret.append(padding)
            padding += 1
        }
        let none = Array("none".utf8)
        var file = Array("openssh-key-v1\0".utf8)
        file += field(none) + field(none) + field([])
        file += [0, 0, 0, 1] + field(publicBlob) + field(secret)

        var rest = Data(file).base64EncodedString()[...]
        var pem = "-----BEGIN OPENSSH PRIVATE KEY-----\n"
        while !rest.isEmpty {
            pem += rest.prefix(70) + "\n"
            rest = rest.dropFirst(70)
        }
        return pem + "-----END OPENSSH PRIVATE KEY-----\n"
    }

    private var publicBlob: [UInt8] { field(Self.kind) + field(publicKey) }

    /// A string of SSH's protocol: its length in four bytes, then its bytes.
    private func field(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt32(bytes.count)
        return [UInt8(count >> 24), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)] + bytes
    }
}
