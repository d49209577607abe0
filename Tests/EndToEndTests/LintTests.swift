import Foundation
import Testing

@testable import kozmic

/// Broken files of the admin repository, from `kozmic lint` and on the page.
@Suite("Broken configuration")
struct LintTests {
    /// A file's text, and what is said about it first.
    struct Broken: Sendable, CustomTestStringConvertible {
        var kind: String
        var bytes: [UInt8]
        var words: String
        var testDescription: String { kind }

        init(_ kind: String, _ text: String, _ words: String) {
            (self.kind, bytes, self.words) = (kind, Array(text.utf8), words)
        }

        init(_ kind: String, bytes: [UInt8], _ words: String) {
            (self.kind, self.bytes, self.words) = (kind, bytes, words)
        }
    }

    private static func hook(_ lines: String) -> String {
        "repository: acme/broken\nhooks:\n  tests:\n    image: debian\n\(lines)\n"
    }

    static let kinds = [
        Broken("an open bracket", "repository: acme/broken\nhooks: [\n", "3:1: error: "),
        Broken("a tab", "repository: acme/broken\nhooks:\n\ttests: {}\n", "3:1: error: "),
        Broken("a key twice", "repository: acme/broken\nhooks: {}\nhooks: {}\n", "3:1: error: duplicate key 'hooks'"),
        Broken(
            "an unknown key", hook("    buildscript: '#!/bin/sh'"),
            "5:5: error: unknown key 'buildscript'; did you mean 'build_script'?"),
        Broken("a wrong type", "repository: acme/broken\nhooks: 3\n", "2:8: error: "),
        Broken(
            "a bad duration", "timeout: soon\n" + hook("    build_script: '#!/bin/sh'"),
            "1:10: error: expected a duration"),
        Broken("a file that is not there", hook("    build_script: {file: none.sh}"), "5:26: error: "),
        Broken("no shebang", hook("    build_script: make test"), "5:19: error: a script begins with #!"),
        Broken("an unknown alias", "repository: *who\n", "1:13: error: "),
        Broken(
            "aliases without end",
            "a: &a [1,1,1,1,1,1,1,1,1]\n"
                + zip("bcdefghi", "abcdefgh").map {
                    "\($0): &\($0) [\(Array(repeating: "*\($1)", count: 9).joined(separator: ","))]"
                }
                .joined(separator: "\n"), "error: "),
        Broken("nested without end", String(repeating: "[", count: 100_000), "error: "),
        Broken("not UTF-8", bytes: Array("repository: ".utf8) + [0xC3, 0x28, 0x0A], "1:13: error: "),
        Broken("two documents", hook("    build_script: '#!/bin/sh'") + "---\na: b\n", "6:1: error: "),
        Broken(
            "a path that leaves the repository",
            hook("    build_script: '#!/bin/sh'\n    install_script: '#!/bin/sh'\n    tracked_files: [../key]"),
            "7:21: error: '../key' leaves the repository"),
    ]

    static let good = """
        repository: acme/good
        hooks: {tests: {image: debian, build_script: "#!/bin/sh\\ntrue"}}

        """

    @Test("kozmic lint says where and what, and takes the other files", arguments: kinds)
    func lint(broken: Broken) async throws {
        try await Scratch.with { folder in
            try Scratch.write(["projects/good.yaml": Self.good], in: folder)
            try Data(broken.bytes).write(to: URL(filePath: "\(folder)/projects/broken.yaml"))
            let result = try await Shell.result(Program.kozmic, ["lint", folder])
            #expect(result.status == 1)
            let lines = result.output.split(separator: "\n")
            #expect(
                lines.contains { $0.hasPrefix("projects/broken.yaml:") && $0.contains(broken.words) },
                "\(result.output.prefix(2000))")
            #expect(
                lines.allSatisfy { $0.wholeMatch(of: /projects\/broken\.yaml:\d+:\d+: (error|warning): .+/) != nil })
            #expect(result.output.utf8.count < 100_000)
        }
    }

    @Test("All of them at once in the admin repository touch nothing else, and each is on the page")
    func onThePage() async throws {
        var setup = World.Setup()
        setup.engine = "unix:///nonexistent"
        try await World.with(Project.file("#!/bin/sh\ntrue"), setup) { world in
            let clone = try await world.clone("acme/config")
            for (number, broken) in Self.kinds.enumerated() {
                try Data(broken.bytes).write(to: URL(filePath: "\(clone)/projects/broken-\(number).yaml"))
            }
            // A project that was fine becomes broken as well: it stays as it was.
            try Data("repository: \(world.repository)\nhooks: [\n".utf8)
                .write(to: URL(filePath: "\(clone)/projects/p.yaml"))
            try await world.makeRepository("good", ["README": "good\n"])
            try Data(Self.good.utf8).write(to: URL(filePath: "\(clone)/projects/good.yaml"))
            try await Shell.script(
                "git add -A; git commit --quiet --message Broken; git push --quiet", in: clone,
                environment: World.gitEnvironment)
            try await world.client.eventually("the good project's webhook", within: .seconds(60)) {
                try await world.webhooks("acme/good").count == 1 ? true : nil
            }
            let page = try #require(try await world.client.page("_sync"))
            for number in Self.kinds.indices { #expect(page.contains("projects/broken-\(number).yaml:")) }
            #expect(page.contains("projects/p.yaml:3:1"))
            #expect(try await world.webhooks().count == 1)
            try await world.configure(Project.file("#!/bin/sh\nexit 3"))
            try await world.client.eventually("the mended project") {
                try await world.client.page("_sync")?.contains("projects/p.yaml:3:1") == false ? true : nil
            }
        }
    }
}
