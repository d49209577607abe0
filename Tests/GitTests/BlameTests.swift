import Foundation
import Testing

@testable import Git

@Suite("Who wrote each line")
struct BlameTests {
    @Test("is what git blame says, in a mirror and in somebody's work tree")
    func blame() async throws {
        try await Fixture.with { fixture in
            let first = try fixture.commit(["a/b.yaml": "one\ntwo\nthree\n", "other": "1"], "first words")
            let second = try fixture.commit(["a/b.yaml": "one\n2\nthree\nfour\n"], "second")
            let last = try fixture.commit(["other": "2"])
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let blame = try #require(try await mirror.blame(commit: last, path: "a/b.yaml"))
            #expect(Self.lines(blame) == [first, second, first, second])
            #expect(blame.commits[first]?.summary == "first words" && blame.commits.count == 2)
            let porcelain = try fixture.git("blame", "-s", "-l", "--root", last, "--", "a/b.yaml")
            #expect(
                porcelain.split(separator: "\n").map { String($0.prefix(40)) } == Self.lines(blame).map { $0 ?? "" })

            #expect(try await mirror.blame(commit: first, path: "none") == nil)
            #expect(await failure { _ = try await mirror.blame(commit: last, path: "a") }?.kind == .invalid)

            let clone = GitMirror(readingFrom: fixture.source)
            let content = Array("zero\none\n2\nthree!\n".utf8)
            let changed = try #require(try await clone.blame(commit: last, path: "a/b.yaml", content: content))
            #expect(Self.lines(changed) == [nil, first, second, nil])
        }
    }

    @Test("An empty file has no lines, and a merge keeps the writers of both sides")
    func merge() async throws {
        try await Fixture.with { fixture in
            let base = try fixture.commit(["f": "1\n2\n3\n4\n5\n6\n7\n", "empty": ""])
            try fixture.git("checkout", "-q", "-b", "side")
            let side = try fixture.commit(["f": "1\n2\n3\n4\n5\n6\nseven\n"])
            try fixture.git("checkout", "-q", "main")
            let main = try fixture.commit(["f": "one\n2\n3\n4\n5\n6\n7\n"])
            try fixture.git("merge", "-q", "--no-ff", "-m", "merge", "side")
            let merge = try fixture.git("rev-parse", "HEAD")
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let blame = try #require(try await mirror.blame(commit: merge, path: "f"))
            #expect(Self.lines(blame) == [main, base, base, base, base, base, side])
            #expect(try await mirror.blame(commit: merge, path: "empty")?.hunks == [])
        }
    }

    private static func lines(_ blame: GitBlame) -> [String?] {
        blame.hunks.flatMap { hunk in [String?](repeating: hunk.commit, count: hunk.lineCount) }
    }
}
