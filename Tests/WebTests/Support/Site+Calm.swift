import Foundation
import Model
import Store
import Testing

@testable import Web

/// A store as an ordinary team has it, for the picture in the README.
extension Site {
    /// `acme/widget`, whose build 18 failed in its tests.
    func fillCalmly() async throws {
        var widget = try Self.project("acme/widget", hooks: ["lint", "package", "tests"])
        for index in widget.hooks.indices {
            widget.hooks[index].title = ["Lint", "Package for Debian", "Tests"][index]
        }
        let project = try await declare([widget])[0]
        let people = [("Ada Keller", "ada"), ("Jun Okafor", "jun"), ("Mina Torres", "mina")]
        let messages = [
            "Read the manifest once", "Widgets can be round now", "Bump the toolchain",
            "Fix a race in the sprocket cache", "Say which sprocket is missing",
        ]
        let end = clock.now
        for number in 1...17 {
            clock.set(end.addingTimeInterval(Double(number - 18) * 26_000))
            let (name, login) = people[number % 3]
            try await build(
                project, messages[number % 5], commit: Self.commit("calm \(number)"), author: name, login: login)
            for seconds in [8, 21, 40 + Double(number * 17 % 30)] { try await run(log: "fine\n", seconds: seconds) }
        }
        clock.set(end.addingTimeInterval(-420))
        try await build(
            project, "Measure twice, cut once\n\nThe saw was a millimetre off since the blade was replaced.",
            commit: Self.commit("calm"), author: "Ada Keller", login: "ada")
        try await run(log: "fine\n", seconds: 8)
        try await run(log: "fine\n", seconds: 22)
        try await run(
            JobOutcome(state: .failure, exitCode: 1, reason: "build script failed with exit code 1"),
            log: Self.calmLog, seconds: 51)
        clock.set(end)
        for (_, login) in people { try await picture(of: login) }
    }

    private static let calmLog = """
        Using image kozmic/debian:bookworm (sha256:68664699db38)
        Cached image found: kozmic-cache/acme/widget/tests:3bf872e348d9
        Running the build script
        \u{1B}[1m============================= test session starts =============================\u{1B}[0m
        collected 214 items

        tests/test_manifest.py \u{1B}[32m.................\u{1B}[0m
        tests/test_sprocket.py \u{1B}[32m..........................................\u{1B}[0m
        tests/test_saw.py \u{1B}[32m...\u{1B}[31mF\u{1B}[0m

            def test_saw_is_true():
        >       assert cut(100) == 100
        \u{1B}[1m\u{1B}[31mE       assert 99 == 100\u{1B}[0m
        \u{1B}[1m\u{1B}[31mtests/test_saw.py\u{1B}[0m:12: AssertionError
        \u{1B}[31m=================== \u{1B}[1m1 failed\u{1B}[0m, \u{1B}[32m213 passed\u{1B}[0m\u{1B}[31m in 29.31s ===================\u{1B}[0m
        Build script failed with exit code 1

        """
}
