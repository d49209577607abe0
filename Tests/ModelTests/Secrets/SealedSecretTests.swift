import Foundation
import OpenSSL
import Testing

@testable import Model

@Suite("Sealed secrets")
struct SealedSecretTests {
    private let repository: RepositoryName
    private let secretKey: SecretKey
    private let keys: OpeningKeys

    init() throws {
        repository = try #require(RepositoryName("Acme/Widget"))
        secretKey = try #require(SecretKey(bytes: Array(0..<32)))
        keys = try OpeningKeys(secretKey)
    }

    @Test("what is sealed is opened, whatever the letter case of the project", arguments: ["x", "a\nb\n", "пароль 🔑"])
    func roundTrip(value: String) throws {
        let sealed = try SealedSecret.seal(value, for: repository, name: "TOKEN", with: keys.current.sealingKey)
        let other = try #require(RepositoryName("acme/widget"))
        #expect(try keys.open(sealed.description, for: other, name: "TOKEN") == value)
        #expect(try SealedSecret(sealed.description) == sealed)
        let again = try SealedSecret.seal(value, for: repository, name: "TOKEN", with: keys.current.sealingKey)
        #expect(again != sealed)
    }

    @Test("a secret of another project or name is told apart by everybody")
    func scope() throws {
        let text = try SealedSecret.seal("v", for: repository, name: "A", with: keys.current.sealingKey).description
        let other = try #require(RepositoryName("acme/gadget"))
        #expect(throws: SealedSecretProblem.boundElsewhere) { try keys.open(text, for: repository, name: "B") }
        #expect(throws: SealedSecretProblem.boundElsewhere) { try keys.open(text, for: other, name: "A") }
        #expect(try SealedSecret(text).isBound(to: repository, name: "A"))
    }

    @Test("old keys still open; unknown ones are named as such")
    func rotation() throws {
        let text = try SealedSecret.seal("v", for: repository, name: "A", with: keys.current.sealingKey).description
        let newKey = try #require(SecretKey(bytes: Array(32..<64)))
        #expect(try OpeningKeys(newKey, old: [secretKey]).open(text, for: repository, name: "A") == "v")
        #expect(throws: SealedSecretProblem.otherKey) {
            try OpeningKeys(newKey).open(text, for: repository, name: "A")
        }
        #expect(
            throws: UnopenedSecret(name: "A", problem: .otherKey)
        ) { try OpeningKeys(newKey).open(["A": text], for: repository) }
    }

    @Test("one changed bit anywhere is noticed")
    func tampering() throws {
        let sealed = try SealedSecret.seal("value", for: repository, name: "A", with: keys.current.sealingKey)
        let bytes = try #require(Base64URL.decode(sealed.description.dropFirst(SealedSecret.prefix.count)))
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            let text = SealedSecret.prefix + Base64URL.encode(changed)
            #expect(throws: SealedSecretProblem.self) { try keys.open(text, for: repository, name: "A") }
        }
    }

    @Test("only the one written form is a sealed text")
    func form() throws {
        let text = try SealedSecret.seal("v", for: repository, name: "A", with: keys.current.sealingKey).description
        for wrong in [
            "", "hunter2", SealedSecret.prefix, "sealed:v2" + text.dropFirst(9), text + "=", text + "\n",
            String(text.dropLast(3)),
            " " + text, text.uppercased(), SealedSecret.prefix + String(repeating: "A", count: 200_000),
        ] {
            #expect(throws: SealedSecretProblem.malformed) { try SealedSecret(wrong) }
        }
        let key = keys.current.sealingKey
        #expect(SealingKey(key.description) == key)
        #expect(SealingKey(text) == nil)
        #expect(SealingKey(SealingKey.prefix + "AAAA") == nil)
    }

    @Test("what no environment can hold is refused")
    func unusable() {
        for value in ["", "a\0b", String(repeating: "x", count: SealedSecret.maximumValueBytes + 1)] {
            #expect(throws: SealedSecretProblem.self) {
                try SealedSecret.seal(value, for: repository, name: "A", with: keys.current.sealingKey)
            }
        }
    }

    @Test("the format is the documented one: what another program sealed with the README at hand is opened")
    func documented() throws {
        // By Python's cryptography. A release that opens it no more, or has another key, loses everybody's secrets.
        let text =
            "sealed:v1:Oork5iewmEXO7WqUdL-_IhO-T-rq8gTH_TNY_JwAchiB0XQngS"
            + "gifsZ0839_6Xttyaa-SxNMTZA3X32ufKAgfAoTTyuu"
        #expect(try keys.open(text, for: repository, name: "A") == "value")
        #expect("\(keys.current.sealingKey)" == "kozmic-key:v1:IwzqPvyVPM_3rp2Bry0n9oA8nmh-9RdPdWsSlA6AIko")
    }

    @Test("no description or mirror shows a key")
    func redaction() throws {
        let derived = Hex.encode(
            HKDF.sha256(secret: Array(0..<32), salt: [], info: Array("kozmic sealing 1".utf8), length: 32))
        var text = "\(keys) \(keys.current)"
        dump(keys, to: &text)
        #expect(!text.contains(derived))
        #expect(!text.contains("privateKey"))
    }
}
