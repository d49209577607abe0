import OpenSSL
import Testing

func bytes(_ hex: String) throws -> [UInt8] { try #require(Hex.decode(hex.filter { !$0.isWhitespace })) }

@Suite struct HashTests {
    @Test("SHA-256 in pieces is SHA-256 of the whole, and may be read in between")
    func hasher() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        var hasher = SHA256.Hasher()
        hasher.update([UInt8]())
        hasher.update("a".utf8)
        hasher.update(Array("bc".utf8))
        #expect(Hex.encode(hasher.finalize()) == abc)
        #expect(Hex.encode(SHA256.hash("abc".utf8)) == abc)
        hasher.update([UInt8](repeating: 7, count: 100_000)[5...])
        let whole = Array("abc".utf8) + [UInt8](repeating: 7, count: 99_995)
        #expect(hasher.finalize() == SHA256.hash(whole))
    }

    @Test(
        "HMAC-SHA-256 gives the values of RFC 4231",
        arguments: [
            (
                String(repeating: "0b", count: 20), "4869205468657265",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                String(repeating: "aa", count: 131),
                "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ])
    func hmac(key: String, message: String, expected: String) throws {
        #expect(
            try Hex.encode(HMAC.sha256(key: bytes(key), bytes(message))) == expected)
    }

    @Test("HMAC takes an empty key and an empty message")
    func emptyHMAC() {
        #expect(
            Hex.encode(HMAC.sha256(key: [], [UInt8]()))
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test("HKDF gives the values of RFC 5869, up to its longest output")
    func hkdf() throws {
        let derived = HKDF.sha256(
            secret: [UInt8](repeating: 0x0b, count: 22), salt: try bytes("000102030405060708090a0b0c"),
            info: try bytes("f0f1f2f3f4f5f6f7f8f9"), length: 42)
        #expect(
            Hex.encode(derived)
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
        let longest = HKDF.sha256(secret: [1], salt: [], info: [], length: 8160)
        #expect(longest.count == 8160)
        #expect(Array(longest.prefix(42)) == HKDF.sha256(secret: [1], salt: [], info: [], length: 42))
    }

    @Test("values are equal only when every byte and the length are")
    func constantTime() {
        #expect(ConstantTime.equal([], []))
        #expect(ConstantTime.equal([1, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.equal([1, 2, 3], [1, 2, 4]))
        #expect(!ConstantTime.equal([1, 2, 3], [1, 2]))
        #expect(!ConstantTime.equal([], [0]))
    }

    @Test("random bytes have the wanted length and differ")
    func random() {
        #expect(RandomBytes.make(0).isEmpty)
        #expect(RandomBytes.make(33).count == 33)
        #expect(RandomBytes.make(32) != RandomBytes.make(32))
    }

    @Test("Base64URL has one form for each value")
    func base64URL() {
        #expect(Base64URL.encode([0xfb, 0xef, 0xff, 0x3e]) == "--__Pg")
        #expect(Base64URL.decode("--__Pg") == [0xfb, 0xef, 0xff, 0x3e])
        #expect(Base64URL.decode("") == [])
        for count in 0..<40 {
            let value = RandomBytes.make(count)
            #expect(Base64URL.decode(Base64URL.encode(value)) == value)
        }
        for bad in ["a", "+/==", "Pg==", "Ph", "a b c", "--__P\n", "é"] { #expect(Base64URL.decode(bad) == nil) }
    }
}

@Suite("SHA-512")
struct SHA512Tests {
    @Test("of 'abc' and of nothing, by FIPS 180-4")
    func vectors() {
        #expect(
            Hex.encode(SHA512.hash(Array("abc".utf8)))
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
        #expect(Hex.encode(SHA512.hash([])).hasPrefix("cf83e1357eefb8bdf1542850d66d8007"))
    }
}
