import Foundation
import SeededRandom
import Testing

@testable import Model

@Suite("SSH signatures, as ssh-keygen writes them")
struct SSHSignatureTests {
    private struct Signed {
        var publicKey: String
        var message: [UInt8]
        var signature: [UInt8]
        var fingerprint: String
    }

    private func sign(_ message: String, kind: String = "ed25519", namespace: String = "git", hash: String = "sha512")
        throws
        -> Signed
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-sign-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let fingerprint = try Shell.run(
            """
            ssh-keygen -q -t "$1" -N '' -C 'a comment' -f key
            printf %s "$4" > message
            ssh-keygen -q -Y sign -f key -n "$2" -O "hashalg=$3" message 2> /dev/null
            ssh-keygen -l -f key.pub | cut -d ' ' -f 2
            """, [kind, namespace, hash, message], in: folder)
        func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: name))) }
        return Signed(
            publicKey: String(decoding: try read("key.pub"), as: UTF8.self).trimmingCharacters(in: .newlines),
            message: Array(message.utf8), signature: try read("message.sig"), fingerprint: fingerprint)
    }

    @Test("a good one is good for its message, its use and its key only", arguments: ["sha512", "sha256"])
    func verifies(hash: String) throws {
        let signed = try sign("tree 1\n\nmessage\n", hash: hash)
        let signature = try #require(SSHSignature(armored: signed.signature))
        let key = try #require(SSHPublicKey(signed.publicKey))
        #expect(signature.publicKey == key && "\(key)" == signed.fingerprint)
        #expect(signature.verifies(signed.message, namespace: "git"))
        #expect(!signature.verifies(signed.message + [10], namespace: "git"))
        #expect(!signature.verifies(signed.message, namespace: "file"))
    }

    @Test("the rule: signed, with SSH, by somebody who is named, for git, and unchanged")
    func rule() throws {
        let signed = try sign("content")
        let other = try sign("content")
        let file = try sign("content", namespace: "file")
        let rule = SignerRule([other.publicKey, signed.publicKey])
        func refusal(_ signature: [UInt8]?, _ rule: SignerRule, content: String = "content") -> String? {
            rule.refusal(signature: signature, content: Array(content.utf8))
        }
        #expect(refusal(signed.signature, rule) == nil && refusal(other.signature, rule) == nil)
        #expect(refusal(nil, SignerRule([])) == nil && refusal(signed.signature, SignerRule(["ssh-rsa x"])) != nil)
        #expect(refusal(nil, rule)?.contains("is not signed") == true)
        #expect(refusal(Array("-----BEGIN PGP SIGNATURE-----\n".utf8), rule)?.contains("not with an SSH key") == true)
        #expect(refusal(other.signature, SignerRule([signed.publicKey]))?.contains(other.fingerprint) == true)
        #expect(refusal(signed.signature, rule, content: "Content")?.contains("is not valid") == true)
        #expect(refusal(file.signature, SignerRule([file.publicKey]))?.contains("is not valid") == true)
        let ecdsa = try sign("content", kind: "ecdsa")
        #expect(refusal(ecdsa.signature, rule)?.contains("ecdsa-sha2-nistp256") == true)
    }

    @Test("no changed byte passes, and none crashes")
    func fuzz() throws {
        let signed = try sign("content")
        let rule = SignerRule([signed.publicKey])
        var random = SeededGenerator(seed: 5)
        for _ in 0..<2000 {
            var bytes = signed.signature
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0...2, using: &random) {
            case 0: bytes[place] ^= UInt8.random(in: 1...255, using: &random)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &random)))
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            }
            let changed = SSHSignature(armored: bytes)
            // White space between lines means nothing.
            let isSame = changed == SSHSignature(armored: signed.signature)
            #expect(isSame || rule.refusal(signature: bytes, content: signed.message) != nil)
        }
    }

    @Test("what is no public key")
    func keys() throws {
        let line = try sign("").publicKey
        #expect(SSHPublicKey(line) != nil)
        for wrong in ["", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-rsa \(line.dropFirst(12))", "ssh-ed25519 x"] {
            #expect(SSHPublicKey(wrong) == nil, "\(wrong)")
        }
    }
}
