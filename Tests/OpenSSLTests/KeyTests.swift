import OpenSSL
import Testing

@Suite struct KeyTests {
    @Test("Ed25519 signs as in RFC 8032")
    func rfc8032() throws {
        let pair = try Ed25519.KeyPair(seed: bytes("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"))
        #expect(Hex.encode(pair.publicKey) == "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
        let signature = try pair.sign([0xaf, 0x82])
        #expect(
            Hex.encode(signature)
                == "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        )
        #expect(Ed25519.verify(signature, of: [0xaf, 0x82], publicKey: pair.publicKey))
        #expect(!Ed25519.verify(signature, of: [0xaf, 0x83], publicKey: pair.publicKey))
        #expect(!Ed25519.verify([], of: [], publicKey: pair.publicKey))
        #expect(!Ed25519.verify(signature, of: [0xaf, 0x82], publicKey: []))
        #expect(throws: CryptoError.self) { try Ed25519.KeyPair(seed: [1]) }
    }

    @Test(
        "ssh-keygen reads our keys and finds the same public key and fingerprint",
        arguments: ["", "kozmic acme/widget"])
    func openSSH(comment: String) async throws {
        let pair = try Ed25519.KeyPair.generate(comment: comment)
        try await Tool.with { tool in
            tool.write("key", Array(pair.privateKeyOpenSSH.utf8))
            #expect(try await tool.run(["ssh-keygen", "-y", "-P", "", "-f", "key"]) == pair.publicKeyOpenSSH)
            tool.write("key.pub", Array(pair.publicKeyOpenSSH.utf8))
            let line = try #require(try await tool.run(["ssh-keygen", "-l", "-f", "key.pub"]))
            #expect(line.contains(" \(pair.fingerprint) "))
            tool.write("message", Array("hello".utf8))
            #expect(try await tool.run(["ssh-keygen", "-Y", "sign", "-n", "file", "-f", "key", "message"]) != nil)
        }
    }

    @Test("a comment cannot begin a second line, and a private key is never printed")
    func printing() throws {
        let pair = try Ed25519.KeyPair(seed: [UInt8](repeating: 0x41, count: 32), comment: "a\nssh-rsa b\r\nc")
        #expect(pair.publicKeyOpenSSH.split(whereSeparator: \.isNewline).count == 1)
        var dumped = ""
        dump(pair, to: &dumped)
        dump(try X25519.KeyPair(privateKey: pair.seed), to: &dumped)
        #expect(!(dumped + "\(pair)" + String(reflecting: pair)).contains("65"))
    }

    @Test("openssl verifies an RS256 signature made with a PKCS#1 and with a PKCS#8 key")
    func rs256() async throws {
        try await Tool.with { tool in
            let message = Array("header.payload".utf8)
            tool.write("message", message)
            _ = try #require(try await tool.run(["openssl", "genrsa", "-traditional", "-out", "one.pem", "2048"]))
            _ = try #require(
                try await tool.run(["openssl", "pkcs8", "-topk8", "-nocrypt", "-in", "one.pem", "-out", "eight.pem"]))
            _ = try #require(try await tool.run(["openssl", "rsa", "-in", "one.pem", "-pubout", "-out", "public.pem"]))
            let one = try tool.read("one.pem")
            #expect(one.contains("BEGIN RSA PRIVATE KEY"))
            let signature = try RS256.sign(pem: one, message)
            tool.write("signature", signature)
            let verified = try await tool.run([
                "openssl", "dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "message",
            ])
            #expect(verified == "Verified OK")
            #expect(try RS256.sign(pem: tool.read("eight.pem"), message) == signature)
        }
    }

    @Test("RS256 refuses other keys, small keys, locked keys and rubbish, and asks nobody for a pass phrase")
    func badKeys() async throws {
        try await Tool.with { tool in
            for arguments in [
                ["genpkey", "-algorithm", "ed25519", "-out", "key"], ["genrsa", "-out", "key", "1024"],
                ["genrsa", "-aes128", "-passout", "pass:secret", "-out", "key", "2048"],
            ] {
                _ = try #require(try await tool.run(["openssl"] + arguments))
                #expect(throws: CryptoError.self) { try RS256.sign(pem: tool.read("key"), [1]) }
            }
            for text in [
                "", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                String(repeating: "x", count: 1 << 17),
            ] {
                #expect(throws: CryptoError.self) { try RS256.sign(pem: text, [1]) }
            }
        }
    }
}
