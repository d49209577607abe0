import Foundation
import Testing

@testable import Git

@Suite("Reading a mirror")
struct ReadTests {
    @Test("entries are what git ls-tree prints")
    func entries() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commitZoo()
            let mirror = fixture.mirror()
            try await mirror.fetch()
            for path in [
                "README.md", "bin", "bin/run.sh", "link", "vendored", "a/b/c/d.txt", "dir with space/ü/naïve file.txt",
                "dir with space/ü", "none", "README.md/x", "link/x", "vendored/x", "A",
            ] {
                let line = try fixture.git("-c", "core.quotePath=false", "ls-tree", "--full-tree", commit, "--", path)
                let entry = try await mirror.entry(commit: commit, path: path)
                #expect(entry.map(Self.line) ?? "" == line, "\(path)")
            }
            let root = try await mirror.entry(commit: commit, path: ".")
            #expect(root?.mode == "040000" && root?.type == .tree)
            #expect(try root?.object == fixture.git("rev-parse", "\(commit)^{tree}"))
            #expect(try await mirror.entry(commit: commit, path: "./a//b/")?.path == Array("a/b".utf8))
            for path in ["", "/etc", "../x", "a/../b"] {
                #expect(await failure { _ = try await mirror.entry(commit: commit, path: path) }?.kind == .invalid)
            }
        }
    }

    @Test("lists are what git ls-tree -r prints, below a folder too, and within their limit")
    func lists() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commitZoo()
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let all = try fixture.git("-c", "core.quotePath=false", "ls-tree", "-r", commit)
            #expect(try await mirror.list(commit: commit).map(Self.line).joined(separator: "\n") == all)
            let top = try fixture.git("-c", "core.quotePath=false", "ls-tree", commit)
            #expect(
                try await mirror.list(commit: commit, recursive: false).map(Self.line).joined(separator: "\n") == top)
            let a = try fixture.git("ls-tree", "-r", commit, "a/")
            #expect(try await mirror.list(commit: commit, under: "a").map(Self.line).joined(separator: "\n") == a)
            #expect(try await mirror.list(commit: commit, under: "README.md").isEmpty)
            #expect(await failure { _ = try await mirror.list(commit: commit, limit: 3) }?.kind == .invalid)
        }
    }

    private static func line(_ entry: GitTreeEntry) -> String {
        "\(entry.mode) \(entry.type.rawValue) \(entry.object)\t\(String(decoding: entry.path, as: UTF8.self))"
    }

    @Test("commits, files, changes and merge bases are git's own")
    func objects() async throws {
        try await Fixture.with { fixture in
            let first = try fixture.commit(["a": "1", "b": "1", "c/d": "1"], "eins\n\nzwei")
            try fixture.git("checkout", "-q", "-b", "side")
            let side = try fixture.commit(["x": "1"])
            try fixture.git("checkout", "-q", "main")
            try FileManager.default.removeItem(atPath: "\(fixture.source)/b")
            let second = try fixture.commit(["a": "2", "n": "1"])
            try fixture.git("merge", "-q", "--no-ff", "-m", "merge", "side")
            let merge = try fixture.git("rev-parse", "HEAD")
            let mirror = fixture.mirror()
            try await mirror.fetch()

            let commit = try await mirror.commit(first)
            #expect(commit.message == "eins\n\nzwei\n" && commit.summary == "eins" && commit.parents.isEmpty)
            #expect(commit.author.name == "Ada" && commit.author.email == "ada@example.org")
            #expect(commit.author.date == Date(timeIntervalSince1970: 1_700_000_000))
            #expect(commit.author.offsetMinutes == 150 && commit.committer.offsetMinutes == -60)
            #expect(try await mirror.commit(merge).parents == [second, side])

            let changes = try await mirror.changes(from: first, to: second)
            #expect(
                changes.map { "\(String(decoding: $0.path, as: UTF8.self)) \($0.kind)" } == [
                    "a modified", "b removed", "n added",
                ])
            #expect(try await mirror.changes(from: nil, to: first).count == 3)
            #expect(try await mirror.mergeBase(second, side) == first)

            let since = try await mirror.commits(upTo: merge, since: first, limit: 3)
            #expect(since.first?.id == merge && Set(since.map(\.id)) == [merge, second, side])
            #expect(since.first?.summary == "merge" && since.first?.parents == [second, side])
            #expect(try await mirror.commits(upTo: merge, since: side, limit: 3).map(\.id) == [merge, second])
            #expect(try await mirror.commits(upTo: first, since: merge, limit: 3).isEmpty)
            let long = await failure { _ = try await mirror.commits(upTo: merge, since: first, limit: 2) }
            #expect(long?.kind == .invalid)

            let blob = try #require(try await mirror.entry(commit: second, path: "a")?.object)
            #expect(try await mirror.blob(blob) == Array("2".utf8))
            #expect(await failure { _ = try await mirror.blob(blob, limit: 0) }?.kind == .invalid)
            #expect(await failure { _ = try await mirror.blob(commit.tree) }?.kind == .invalid)
        }
    }

    @Test("anything but a full lowercase id is refused")
    func identifiers() async throws {
        try await Fixture.with { fixture in
            let id = try fixture.commit(["a": "1"])
            let mirror = fixture.mirror()
            try await mirror.fetch()
            for bad in [
                "", "HEAD", String(id.prefix(39)), id + "0", id.uppercased(), String(repeating: "g", count: 40),
            ] {
                #expect(await failure { _ = try await mirror.commit(bad) }?.kind == .invalid, "\(bad)")
                #expect(await !mirror.contains(commit: bad))
            }
            #expect(await failure { _ = try await mirror.resolve("a\u{0}b") }?.kind == .invalid)
            #expect(try await mirror.resolve(id) == id)
            #expect(try await mirror.resolve("\(id)^{tree}") == nil)
        }
    }
}

@Suite("Mirrors side by side")
struct ParallelTests {
    @Test("each gets its own answers and its own errors")
    func parallel() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commit(["a": "1"])
            let server = try await Server.http(fixture)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    let good = GitMirror(path: "\(fixture.root)/m\(number)", remote: GitRemote(url: fixture.source))
                    let url = "http://127.0.0.1:\(server.port)/open/none-\(number)"
                    let bad = GitMirror(path: "\(fixture.root)/b\(number)", remote: GitRemote(url: url))
                    group.addTask {
                        try await good.fetch()
                        for _ in 0..<20 {
                            let error = await failure { _ = try await good.mergeBase("none-\(number)", commit) }
                            #expect(error?.message.contains("none-\(number)") == true)
                        }
                        #expect(await good.contains(commit: commit))
                    }
                    group.addTask {
                        let error = await failure { try await bad.fetch() }
                        #expect(error?.kind == .notFound && error?.message.contains("none-\(number):") == true)
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
