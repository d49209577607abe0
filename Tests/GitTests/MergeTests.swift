import Foundation
import Testing

@testable import Git

@Suite("Merging in memory")
struct MergeTests {
    @Test("a merge holds what git's own would, files that both sides changed included, and writes nothing")
    func clean() async throws {
        try await Fixture.with { fixture in
            let lines = (1...40).map { "line \($0)\n" }
            _ = try fixture.commitZoo()
            try fixture.commit(["both": lines.joined(), "gone": "1", "moved/x": lines.joined() + "x"])
            try fixture.git("checkout", "-q", "-b", "side")
            var theirs = lines
            theirs[2] = "theirs\n"
            try fixture.git("rm", "-q", "gone")
            let side = try fixture.commit(["both": theirs.joined(), "new/file": "2"])
            try fixture.git("checkout", "-q", "main")
            var ours = lines
            ours[30] = "ours\n"
            let main = try fixture.commit(["both": ours.joined(), "README.md": "other"])
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let before = try Self.objects(fixture)

            let merge = try await mirror.merge(side, into: main)
            #expect(merge.conflicts.isEmpty)
            #expect(try Self.objects(fixture) == before)
            try fixture.git("merge", "-q", "--no-edit", "side")
            let expected = try fixture.git("-c", "core.quotePath=false", "ls-tree", "-r", "HEAD")
            #expect(merge.entries.map(Self.line).joined(separator: "\n") == expected)
            let both = try #require(merge.entries.first { $0.path == Array("both".utf8) })
            #expect(merge.contents.keys.sorted() == [both.object])
            #expect(try merge.contents[both.object] == fixture.bytes("show", "HEAD:both"))

            // What one side has already is that side.
            let done = try await mirror.merge(main, into: main)
            #expect(done.contents.isEmpty)
            #expect(
                try done.entries.map(Self.line).joined(separator: "\n")
                    == fixture.git("-c", "core.quotePath=false", "ls-tree", "-r", main))
            await #expect(throws: GitError.self) { try await mirror.merge(side, into: main, limit: 3) }
            await #expect(throws: GitError.self) { try await mirror.merge(side, into: main, contentLimit: 10) }
        }
    }

    @Test("what does not go together is named")
    func conflicts() async throws {
        try await Fixture.with { fixture in
            try fixture.commit(["a": "1\n", "b": "1\n", "c": "1\n"])
            try fixture.git("checkout", "-q", "-b", "side")
            try fixture.git("rm", "-q", "b")
            let side = try fixture.commit(["a": "theirs\n", "n": "theirs\n"])
            try fixture.git("checkout", "-q", "main")
            let main = try fixture.commit(["a": "ours\n", "b": "ours\n", "n": "ours\n"])
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let merge = try await mirror.merge(side, into: main)
            #expect(merge.conflicts.map { String(decoding: $0, as: UTF8.self) } == ["a", "b", "n"])
            #expect(merge.entries.map { String(decoding: $0.path, as: UTF8.self) } == ["c"])
            await #expect(throws: GitError.self) {
                try await mirror.merge(String(repeating: "1", count: 40), into: main)
            }
        }
    }

    @Test("many files are read in one go; what is too large or missing is left out")
    func blobs() async throws {
        try await Fixture.with { fixture in
            try fixture.commit(["a": "12345", "b": "1234567890"])
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let a = try fixture.git("rev-parse", "HEAD:a")
            let b = try fixture.git("rev-parse", "HEAD:b")
            let none = String(repeating: "1", count: 40)
            #expect(try await mirror.blobs([a, b, none], limit: 5, total: 100) == [a: Array("12345".utf8)])
            await #expect(throws: GitError.self) { try await mirror.blobs([a, b], limit: 50, total: 14) }
        }
    }

    private static func objects(_ fixture: Fixture) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: "\(fixture.mirrorPath)/objects").sorted()
    }

    private static func line(_ entry: GitTreeEntry) -> String {
        "\(entry.mode) \(entry.type.rawValue) \(entry.object)\t\(String(decoding: entry.path, as: UTF8.self))"
    }
}
