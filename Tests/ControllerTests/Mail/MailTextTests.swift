import Foundation
import Model
import Testing

@testable import Controller

@Suite("The text of mails")
struct MailTextTests {
    @Test(
        "Lines of strangers are made plain",
        arguments: [
            ("plain", "plain"), ("a\r\nb", "a  b"), ("a\u{0}b\u{7F}c\u{9B}d", "a bc d"),
            ("\u{1B}[1;31mred\u{1B}[0m", "red"),
            ("\u{1B}", ""), ("\u{1B}]8;;http://x\u{1B}\\link", "link"), ("a\u{202E}\u{2066}\u{200F}b", "ab"),
            ("e\u{301}", "e\u{301}"), ("\u{1F469}\u{200D}\u{1F680}", "\u{1F469}\u{200D}\u{1F680}"),
            ("\u{E000}", "\u{FFFD}"),
        ])
    func plain(text: String, expected: String) {
        #expect(PlainLine(text, limit: 100).description == expected)
    }

    @Test("A line that is too long is cut")
    func cut() {
        #expect(PlainLine("12345678", limit: 8).description == "12345678")
        #expect(PlainLine("123456789", limit: 8).description == "1234567…")
    }

    @Test("Headers are ASCII, in lines of at most 78 letters, and no longer word is split")
    func headers() {
        #expect(MailText.header("Subject", "short") == "Subject: short")
        #expect(MailText.header("Subject", "ä") == "Subject: =?utf-8?B?w6Q=?=")
        // What looks like an encoded word is none of ours.
        #expect(MailText.header("Subject", "=?utf-8?B?w6Q=?=").hasPrefix("Subject: =?utf-8?B?PT"))
        let long = MailText.header("Subject", String(repeating: "ä€🚀", count: 60))
        for line in long.components(separatedBy: "\r\n") { #expect(line.utf8.count <= 78) }
        let words = long.components(separatedBy: "=?utf-8?B?").dropFirst().compactMap { word in
            Data(base64Encoded: String(word.prefix { $0 != "?" })).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(words.joined() == String(repeating: "ä€🚀", count: 60))
        #expect(
            MailText.header("From", "Kozmic CI <\(String(repeating: "a", count: 64))@example.org>")
                == "From: Kozmic CI\r\n <\(String(repeating: "a", count: 64))@example.org>")
    }

    @Test("Quoted-printable keeps every byte and no line end")
    func quotedPrintable() {
        #expect(MailText.quotedPrintable("a=b\n.c\nFrom d \n") == "a=3Db\r\n=2Ec\r\n=46rom d=20\r\n")
        let text = String(repeating: "ä ", count: 100)
        let encoded = MailText.quotedPrintable(text)
        #expect(encoded.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        #expect(encoded.replacing("=\r\n", with: "").replacing("=C3=A4", with: "ä").replacing("=20", with: " ") == text)
    }

    @Test("Addresses: plain ones only")
    func addresses() {
        for good in ["a@b", "ada.lovelace+ci@mail.example.org", "o'neill@example.org"] {
            #expect(MailAddress(good) != nil, "\(good)")
        }
        for bad in [
            "", "a", "@b", "a@", "a@@b", "a b@c", "a@b c", "<a@b>", "a@b>\r\nDATA", "-a@b", "a..b@c", ".a@b", "a@-b",
            "a@b-",
            "a@b..c", "ä@b", "a@ä", "a,b@c", "a:b@c", "\"a\"@b", String(repeating: "a", count: 65) + "@b",
        ] {
            #expect(MailAddress(bad) == nil, "\(bad)")
        }
        let rules = MailRules(to: ["author", "Ada@example.org", "b@example.org"])
        #expect(rules.recipients(author: "ada@example.org").map(\.description) == ["ada@example.org", "b@example.org"])
        #expect(rules.recipients(author: nil).map(\.description) == ["Ada@example.org", "b@example.org"])
    }
}
