import Foundation
import Testing

@testable import Git

@Suite("Checking out")
struct CheckoutTests {
    @Test("the real git finds a clean, whole, detached repository with history and tags", arguments: [true, false])
    func checkout(sharing: Bool) async throws {
        try await Fixture.with { fixture in
            try fixture.write("*.txt text eol=crlf\n", to: ".gitattributes")
            try fixture.write("one\ntwo\n", to: "lines.txt")
            try fixture.commit("before")
            try fixture.git("tag", "-a", "v1.0", "-m", "release")
            try fixture.git("tag", "light")
            let commit = try fixture.commitZoo()
            try fixture.git("checkout", "-q", "-b", "later")
            try fixture.commit(["after": "1"])
            try fixture.git("tag", "-a", "v2.0", "-m", "not reachable")
            let mirror = fixture.mirror()
            try await mirror.fetch()

            let tree = "\(fixture.root)/deep/tree"
            try await mirror.checkout(
                commit: commit, into: tree, origin: "https://example.org/o/r.git", sharingObjects: sharing)
            #expect(try fixture.git("status", "--porcelain", "--ignored", in: tree).isEmpty)
            #expect(try fixture.git("rev-parse", "HEAD", in: tree) == commit)
            #expect(try fixture.git("rev-parse", "--abbrev-ref", "HEAD", in: tree) == "HEAD")
            #expect(try fixture.git("describe", "--dirty", in: tree) == fixture.git("describe", commit))
            #expect(try fixture.git("rev-list", "HEAD", in: tree) == fixture.git("rev-list", commit))
            #expect(try fixture.git("tag", in: tree) == "light\nv1.0")
            #expect(try fixture.git("remote", "get-url", "origin", in: tree) == "https://example.org/o/r.git")
            try fixture.git("fsck", "--full", "--strict", in: tree)

            let files = FileManager.default
            #expect(!files.fileExists(atPath: "\(tree)/.git/objects/info/alternates"))
            #expect(files.isExecutableFile(atPath: "\(tree)/bin/run.sh"))
            #expect(!files.isExecutableFile(atPath: "\(tree)/README.md"))
            #expect(try files.destinationOfSymbolicLink(atPath: "\(tree)/link") == "README.md")
            #expect(try files.destinationOfSymbolicLink(atPath: "\(tree)/a/outside") == "../../../etc/passwd")
            #expect(try files.contentsOfDirectory(atPath: "\(tree)/vendored").isEmpty)
            #expect(try String(contentsOfFile: "\(tree)/lines.txt", encoding: .utf8) == "one\ntwo\n")

            // A work tree like any other: it can be changed and committed to, and a copy is clean as well.
            try fixture.run("cp", ["-r", tree, "\(fixture.root)/copy"])
            #expect(try fixture.git("status", "--porcelain", in: "\(fixture.root)/copy").isEmpty)
            try Data("x".utf8).write(to: URL(filePath: "\(tree)/new"))
            try fixture.git("add", "new", in: tree)
            try fixture.git("commit", "-q", "-m", "new", in: tree)
            try files.removeItem(atPath: fixture.mirrorPath)
            try fixture.git("fsck", "--full", in: tree)
        }
    }

    @Test("a copy on another machine, and what belongs to somebody from the start, is unchanged without a look at it")
    func unchanged() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commitZoo()
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let (tree, copy) = ("\(fixture.root)/tree", "\(fixture.root)/copy")
            try await mirror.checkout(commit: commit, into: tree, isMoving: true)
            // As in a tar: whole seconds, other inodes.
            try fixture.run("cp", ["-r", "--preserve=timestamps,mode", tree, copy])
            try FileManager.default.removeItem(atPath: tree)
            try fixture.git("diff-index", "--quiet", "HEAD", in: copy)
            try fixture.git("diff-files", "--quiet", in: copy)
            try Data("x".utf8).write(to: URL(filePath: "\(copy)/README.md"))
            #expect(throws: (any Error).self) { try fixture.git("diff-files", "--quiet", in: copy) }

            let owner = FileOwner(uid: getuid(), gid: getgid())
            try await mirror.checkout(commit: commit, into: tree, sharingObjects: false, owner: owner)
            try fixture.git("diff-index", "--quiet", "HEAD", in: tree)
            try fixture.git("fsck", "--full", "--strict", in: tree)
        }
    }

    @Test("an older commit comes with its own history only, and a directory in use is left alone")
    func older() async throws {
        try await Fixture.with { fixture in
            let first = try fixture.commit(["a": "1"])
            try fixture.commit(["a": "2"])
            try fixture.git("tag", "later")
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let tree = "\(fixture.root)/tree"
            try FileManager.default.createDirectory(atPath: tree, withIntermediateDirectories: true)
            try await mirror.checkout(commit: first, into: tree)
            #expect(try fixture.git("rev-list", "--count", "HEAD", in: tree) == "1")
            #expect(try fixture.git("tag", in: tree).isEmpty)
            #expect(try fixture.git("remote", in: tree).isEmpty)
            #expect(await failure { try await mirror.checkout(commit: first, into: tree) }?.kind == .invalid)
            #expect(try String(contentsOfFile: "\(tree)/a", encoding: .utf8) == "1")
            let none = String(repeating: "b", count: 40)
            let absent = await failure { try await mirror.checkout(commit: none, into: "\(fixture.root)/t2") }
            #expect(absent?.kind == .notFound)
            let leak = await failure {
                try await mirror.checkout(
                    commit: first, into: "\(fixture.root)/t2", origin: "https://u:p@example.org/x")
            }
            #expect(leak?.kind == .invalid)
            #expect(!FileManager.default.fileExists(atPath: "\(fixture.root)/t2"))
        }
    }

    @Test("an export holds the named paths and nothing else")
    func export() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commitZoo()
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let target = "\(fixture.root)/export"
            try await mirror.export(
                commit: commit,
                paths: ["bin/run.sh", "a", "a/b/c", "./link", "vendored", "none", "link/x", "dir with space/ü"],
                into: target)
            let found = try fixture.run("find", [".", "-mindepth", "1", "-printf", "%M %P\n"], in: target)
            let lines = String(decoding: found, as: UTF8.self).split(separator: "\n").map(String.init).sorted()
            #expect(
                lines == [
                    "-rw-r--r-- a/b/c/d.txt", "-rw-r--r-- dir with space/ü/naïve file.txt", "-rwxr-xr-x bin/run.sh",
                    "drwxr-xr-x a", "drwxr-xr-x a/b", "drwxr-xr-x a/b/c", "drwxr-xr-x bin", "drwxr-xr-x dir with space",
                    "drwxr-xr-x dir with space/ü", "drwxr-xr-x vendored", "lrwxrwxrwx a/outside", "lrwxrwxrwx link",
                ])
            try await mirror.export(commit: commit, paths: ["."], into: "\(fixture.root)/all")
            #expect(FileManager.default.fileExists(atPath: "\(fixture.root)/all/a/b/c/d.txt"))
            #expect(!FileManager.default.fileExists(atPath: "\(fixture.root)/all/.git"))
            for path in ["../x", "/etc/passwd", ""] {
                #expect(
                    await failure { try await mirror.export(commit: commit, paths: [path], into: target) }?.kind
                        == .invalid)
            }
        }
    }
}
