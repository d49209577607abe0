import Testing

@testable import Config

@Suite("Values in texts")
struct ValueTests {
    private func parse<Kind: TextKind>(_ kind: Kind, _ text: String) -> Kind.Value? { try? kind.parse(text) }

    @Test(
        "Durations",
        arguments: [
            ("0s", 0), ("90s", 90), ("60m", 3600), ("1h", 3600), ("14d", 1_209_600), ("007s", 7), ("1h30m", nil),
            ("60", nil), ("m", nil), ("-1s", nil), ("+1s", nil), ("1.5h", nil), ("1 h", nil), ("1H", nil), ("", nil),
            ("99999999999999999999d", nil), ("9223372036854775807d", nil), ("400d", nil),
        ] as [(String, Int?)])
    func durations(text: String, seconds: Int?) {
        #expect(parse(DurationText(), text) == seconds)
        #expect(parse(DurationText(60...120), "59s") == nil && parse(DurationText(60...120), "3m") == nil)
    }

    @Test(
        "Sizes",
        arguments: [
            ("2GiB", 2 << 30), ("512MiB", 512 << 20), ("1KiB", 1024), ("1TiB", 1 << 40), ("2GB", nil), ("2G", nil),
            ("2", nil), ("1.5GiB", nil), ("GiB", nil), ("-1GiB", nil), ("9223372036854775807TiB", nil),
        ] as [(String, Int64?)])
    func sizes(text: String, bytes: Int64?) {
        #expect(parse(SizeText(0...1 << 50), text) == bytes)
    }

    @Test(
        "Cron schedules",
        arguments: [
            ("0 4 * * *", true), ("*/15 0-6,12 1 jan-mar MON", true), ("1-30/2 * * * 7", true), ("60 * * * *", false),
            ("* 24 * * *", false), ("* * 0 * *", false), ("* * * 13 *", false), ("* * * * 8", false),
            ("* * * *", false),
            ("* * * * * *", false), ("@daily", false), ("5/2 * * * *", false), ("5-1 * * * *", false),
            ("*/0 * * * *", false),
            ("1,,2 * * * *", false), ("1- * * * *", false), ("-1 * * * *", false), ("1-2-3 * * * *", false),
            ("", false), ("0 0 29 2 *", true), ("0 0 30 feb *", false), ("0 0 30 feb mon", true),
        ])
    func schedules(text: String, isGood: Bool) {
        #expect((parse(CronText(), text) != nil) == isGood)
    }

    @Test("A cron field that is wrong is called by its name")
    func scheduleWords() {
        for (text, words) in [
            ("* 24 * * *", "'24' is not an hour: 0 to 23"), ("60 * * * *", "'60' is not a minute: 0 to 59"),
        ] {
            do throws(Mistake) {
                Issue.record("\(try CronText().parse(text)) was taken")
            } catch {
                #expect(error.message == words)
            }
        }
    }

    @Test(
        "Patterns of branches and tags name what a ref can be called",
        arguments: [
            ("main", true), ("release/*", true), ("**", true), ("v?.*", true), ("**/é-@", true), ("a{b}", true),
            ("[a-z]*", false), ("a b", false), ("a~1", false), ("a^", false), ("a:b", false), ("a\\*", false),
            ("a..b", false), ("a@{1}", false), ("a//b", false), ("feature/", false), ("/a", false), ("a\u{85}", false),
        ])
    func refPatterns(text: String, isGood: Bool) {
        #expect((parse(GlobText(use: .branches), text) != nil) == isGood)
        #expect((parse(GlobText(use: .tags), text) != nil) == isGood)
    }

    @Test(
        "Images",
        arguments: [
            ("debian", true), ("debian:bookworm-slim", true), ("kozmic/debian:bookworm", true), ("a/b/c", true),
            ("registry.example.org:5000/a/b:1", true), ("localhost/a", true), ("127.0.0.1:5000/a", true),
            ("debian@sha256:" + String(repeating: "a", count: 64), true), ("", false), ("Debian", false),
            (":tag", false),
            ("a:", false), ("a b", false), ("a//b", false), ("a/", false), ("/a", false), ("a:b:c", false),
            ("a:.x", false),
            ("a@sha256:12", false), ("a..b", false), ("http://a/b", false), ("a:$(id)", false), ("-a", false),
            ("reg:99999/a", false), (String(repeating: "a", count: 300), false),
        ])
    func images(text: String, isGood: Bool) {
        #expect((parse(ImageText(), text) != nil) == isGood)
    }

    @Test("Sealed values, and no word of one that is not")
    func sealed() throws {
        #expect(parse(SealedText(), try Admin.sealed("A")) != nil)
        for text in ["hunter2", "sealed:v1:", "sealed:v2:AAAA", "sealed:v1:a b", "sealed:v1:hunter2"] {
            do throws(Mistake) {
                Issue.record("\(try SealedText().parse(text)) was taken")
            } catch {
                #expect(!error.message.contains("hunter2"))
            }
        }
    }

    @Test("A misspelt word finds its neighbour, a strange one does not")
    func suggestions() {
        let known = HookKey.known
        for (word, expected) in [
            ("build-script", "build_script"), ("buildscript", "build_script"), ("Image", "image"), ("imgae", "image"),
            ("tracked_file", "tracked_files"), ("timout", "timeout"), ("evn", "env"), ("unrelated", nil), ("x", nil),
            ("", nil), (String(repeating: "a", count: 5000), nil),
        ] as [(String, String?)] {
            #expect(Suggestion.nearest(to: word, among: known) == expected, "\(word)")
        }
    }
}
