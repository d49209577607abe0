import OpenSSL
import Testing

@Suite struct CipherTests {
    @Test("AES-256-GCM gives the values of the mode's specification")
    func vectors() throws {
        let zero = [UInt8](repeating: 0, count: 32)
        let nonce = [UInt8](repeating: 0, count: 12)
        #expect(
            try Hex.encode(AESGCM.seal(key: zero, nonce: nonce, plaintext: [])) == "530f8afbc74536b9a963b4f1c4cb738b")
        let sealed = try AESGCM.seal(
            key: bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
            nonce: bytes("cafebabefacedbaddecaf888"),
            plaintext: bytes(
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
            ), associatedData: bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
        #expect(
            Hex.encode(sealed)
                == "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b")
    }

    @Test("opens what it sealed, and nothing that was changed")
    func changes() throws {
        let key = RandomBytes.make(32)
        let nonce = RandomBytes.make(12)
        let sealed = try AESGCM.seal(key: key, nonce: nonce, plaintext: [1, 2, 3], associatedData: [9])
        #expect(try AESGCM.open(key: key, nonce: nonce, sealed, associatedData: [9]) == [1, 2, 3])
        for position in sealed.indices {
            var changed = sealed
            changed[position] ^= 1
            #expect(throws: CryptoError.notAuthentic) {
                try AESGCM.open(key: key, nonce: nonce, changed, associatedData: [9])
            }
        }
        #expect(throws: CryptoError.notAuthentic) { try AESGCM.open(key: key, nonce: nonce, sealed) }
        #expect(throws: CryptoError.notAuthentic) {
            try AESGCM.open(key: key, nonce: nonce, Array(sealed.dropLast()), associatedData: [9])
        }
        #expect(throws: CryptoError.notAuthentic) { try AESGCM.open(key: key, nonce: nonce, [1, 2]) }
        #expect(throws: CryptoError.badNonce) { try AESGCM.seal(key: key, nonce: [1], plaintext: []) }
        #expect(throws: CryptoError.self) { try AESGCM.seal(key: [1], nonce: nonce, plaintext: []) }
    }

    @Test("X25519 agrees as in RFC 7748, and refuses a public key of low order")
    func agreement() throws {
        let alice = try X25519.KeyPair(
            privateKey: bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"))
        #expect(
            Hex.encode(alice.publicKey) == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
        let bob = try X25519.KeyPair(
            privateKey: bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))
        let shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
        #expect(
            try Hex.encode(alice.agree(with: bob.publicKey)) == shared)
        #expect(
            try Hex.encode(bob.agree(with: alice.publicKey)) == shared)
        #expect(throws: CryptoError.self) { try alice.agree(with: [UInt8](repeating: 0, count: 32)) }
        #expect(throws: CryptoError.self) { try alice.agree(with: [1, 2]) }
    }
}
