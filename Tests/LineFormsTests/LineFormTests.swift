import SeededRandom
import Testing

@testable import LineForms

@Suite("What of a line counts when logs are compared")
struct LineFormTests {
    /// Lines as programs print them, and what of them counts.
    private static let lines: [(line: String, form: String)] = [
        // make, cmake, ninja
        ("[ 61%] Building CXX object src/main.cpp.o", "[<percent>] Building CXX object src/main.cpp.o"),
        ("make[1]: Entering directory '/tmp/build.aB3xYz/src'", "make[1]: Entering directory '/tmp/<name>/src'"),
        ("[12/345] Building a.o", "[<n>] Building a.o"),
        ("main.c:12:34: error: expected 2 items, got 1.5", "main.c:12:34: error: expected 2 items, got 1.5"),
        // npm
        (
            "added 123 packages, and audited 124 packages in 3s",
            "added 123 packages, and audited 124 packages in <duration>"
        ),
        (
            "npm error A complete log: /root/.npm/_logs/2026-11-30T09_29_30_123Z-debug-0.log",
            "npm error A complete log: /root/.npm/_logs/<time>-debug-0.log"
        ),
        // pytest
        ("tests/test_saw.py ....F   [ 61%]", "tests/test_saw.py ....F   [<percent>]"),
        (
            "=================== 1 failed, 213 passed in 29.31s ====================",
            "==== 1 failed, 213 passed in <duration> ===="
        ),
        ("TOTAL      1200     34    97%", "TOTAL      1200     34    97%"),
        ("Ran 3 tests in 0.012s", "Ran 3 tests in <duration>"),
        // go test
        ("--- FAIL: TestSaw (0.00s)", "--- FAIL: TestSaw (<duration>)"),
        ("ok  \texample.com/saw\t0.012s", "ok  \texample.com/saw <duration>"),
        ("goroutine 7 [running]:", "goroutine 7 [running]:"),
        ("main.cut(0xc000012345, 0x10)", "main.cut(<id>, 0x10)"),
        // docker
        ("#5 0.123 Reading package lists...", "#<n> <time> Reading package lists..."),
        ("#12 DONE 0.3s", "#<n> DONE <duration>"),
        (
            "#9 sha256:4bcff63911fcb4448bd4fdacec207030 3.40MB / 3.40MB 0.1s",
            "#<n> sha256:<id> 3.40MB / 3.40MB <duration>"
        ),
        ("Successfully built 1f0c7a2b3c4d", "Successfully built <id>"),
        // swift
        ("[7/21] Compiling Saw Saw.swift", "[<n>] Compiling Saw Saw.swift"),
        ("Build complete! (12.34s)", "Build complete! (<duration>)"),
        ("✔ Test run with 12 tests passed after 1.234 seconds.", "✔ Test run with 12 tests passed after <duration>."),
        // others
        ("2026-11-30T09:29:30.123Z INFO ready", "<time> INFO ready"),
        ("2026-11-30 09:29:30,123 +0200 INFO ready", "<time> INFO ready"),
        ("Mon Nov 30 09:29:30 2026", "<time>"), ("Mon, 30 Nov 2026 09:29:30 GMT", "<time> GMT"),
        ("[09:29:30] ready", "[<time>] ready"), ("Nov  3 09:29:30 host app: x", "<time> host app: x"),
        ("real\t0m1.234s", "real <duration>"),
        ("took 12 ms, 7µs and 1 min 2 s", "took <duration>, <duration> and <duration>"),
        ("walked 5 m in 3 h", "walked 5 m in 3 h"),
        ("Listening on 127.0.0.1:43567 pid 1234", "Listening on 127.0.0.1:<n> pid <n>"),
        ("id 550e8400-e29b-41d4-a716-446655440000, not defaced", "id <id>, not defaced"),
        ("wrote 1048576 bytes at 1796038170 (1796038170123)", "wrote 1048576 bytes at <id> (<id>)"),
        ("version 10.2.3 of foo-1.2.3", "version 10.2.3 of foo-1.2.3"),
        ("1.2 MB at 12.3 MB/s, eta 0:00:01", "1.2 MB at <rate>, eta <time>"), (" 45% of it", "<percent> of it"),
        ("\u{1B}[1;32mok\u{1B}[0m \u{1B}]0;title\u{7}x  \t", "ok x"), ("10%\r20%\rdone\r", "done"), ("", ""),
    ]

    @Test("times, durations, ids, progress and colours do not; numbers that say something do")
    func forms() {
        for (line, form) in Self.lines {
            var counts = LineForm()
            Array(line.utf8).withUnsafeBytes { counts.read($0) }
            #expect(String(decoding: counts.bytes, as: UTF8.self) == form, "\(line)")
        }
    }

    @Test("two runs of the same have the same key, and a line that says something else has not")
    func keys() {
        func key(_ line: String) -> UInt64 {
            var form = LineForm()
            Array(line.utf8).withUnsafeBytes { form.read($0) }
            return form.key
        }
        #expect(key("ok   pkg   0.012s") == key("ok   pkg  12.5s"))
        #expect(key("\u{1B}[31mTests failed\u{1B}[0m") == key("Tests failed "))
        #expect(key("1 failed, 213 passed in 1.2s") != key("2 failed, 212 passed in 1.2s"))
        #expect(key("coverage: 85% of statements") != key("coverage: 80% of statements"))
        #expect(key("a.c:1: error") != key("a.c:2: error"))
    }

    @Test("no line makes it stumble, and of a very long one the beginning counts")
    func hostile() {
        var random = SeededGenerator(seed: 5)
        let alphabet = Array("0123456789abcT:-/.[]() %\u{1B}m\r#=MonNov,/tmp/B/skKi+Zx_µ\u{9B}".utf8) + [0xFF, 0]
        var form = LineForm()
        for _ in 0..<3_000 {
            let line = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                alphabet[Int.random(in: alphabet.indices, using: &random)]
            }
            line.withUnsafeBytes { form.read($0) }
            // The shortest form becomes the longest word.
            #expect(form.bytes.count <= 9 * line.count, "\(line)")
        }
        let long = [UInt8](repeating: 0x61, count: 4 * LineForm.lengthLimit)
        long.withUnsafeBytes { form.read($0) }
        #expect(form.bytes.count == LineForm.lengthLimit)
    }

    @Test("what was written over a line last begins behind its last carriage return, unless that ends it")
    func overwriting() {
        func place(_ line: String) -> Int? {
            Array(line.utf8).withUnsafeBytes { LineForm.overwriting($0[...]) }
        }
        #expect(place("10%\r20%\rdone\r\r") == 8)
        #expect(place("done\r") == nil && place("") == nil && place("\r\r") == nil)
        #expect(place("\rdone") == 1)
    }
}
