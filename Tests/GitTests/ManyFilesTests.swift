import Foundation
import Glibc
import Testing

@testable import Git

@Suite("Work trees of many files, which several threads write")
struct ManyFilesTests {
    /// Folders of all sizes, one of them with more files than one thread is given at once; each file says where it is.
    private static func commit(in fixture: Fixture, endlessLink: String? = nil) throws -> String {
        var lines = ["commit refs/heads/main", "committer a <a@example.org> 1700000000 +0000", "data 1", "x"]
        func add(_ path: String, _ mode: String = "100644") {
            lines += ["M \(mode) inline \(path)", "data \(path.utf8.count)", path]
        }
        for number in 0..<1000 { add("wide/f\(number)", number % 9 == 0 ? "100755" : "100644") }
        for folder in 0..<150 {
            for number in 0..<(folder % 20) { add("d\(folder % 7)/e\(folder)/f\(number)") }
            add("d\(folder % 7)/e\(folder)/link", "120000")
        }
        // No file system has one with such a target.
        if let endlessLink {
            lines += ["M 120000 inline \(endlessLink)", "data 5000", String(repeating: "a", count: 5000)]
        }
        try fixture.git("fast-import", "--quiet", "--force", input: Array((lines.joined(separator: "\n") + "\n").utf8))
        return try fixture.git("rev-parse", "main")
    }

    @Test("every file is there once, as git has it, and git finds nothing to do")
    func whole() async throws {
        try await Fixture.with { fixture in
            let commit = try Self.commit(in: fixture)
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let tree = "\(fixture.root)/tree"
            try await mirror.checkout(commit: commit, into: tree)
            #expect(try fixture.git("status", "--porcelain", in: tree).isEmpty)
            #expect(try fixture.git("diff-files", "--name-only", in: tree).isEmpty)
            let expected = try fixture.git("ls-tree", "-r", commit)
            #expect(try fixture.git("ls-files", "--stage", in: tree).split(separator: "\n").count == 2525)
            try fixture.git("add", "-A", in: tree)
            let written = try fixture.git("write-tree", in: tree)
            #expect(try fixture.git("ls-tree", "-r", written, in: tree) == expected)
        }
    }

    @Test("a file that cannot be written ends all of it, and nothing stays behind", arguments: ["early", "zlast"])
    func broken(name: String) async throws {
        try await Fixture.with { fixture in
            let commit = try Self.commit(in: fixture, endlessLink: "\(name)/link")
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let tree = "\(fixture.root)/tree"
            #expect(await failure { try await mirror.checkout(commit: commit, into: tree) }?.kind == .invalid)
            #expect(!FileManager.default.fileExists(atPath: tree))
        }
    }

    @Test("the limit of bytes is that of all threads together")
    func limit() async throws {
        try await Fixture.with { fixture in
            let commit = try Self.commit(in: fixture)
            let mirror = fixture.mirror()
            try await mirror.fetch()
            for (bytes, isEnough) in [(30_000, true), (20_000, false)] {
                let target = "\(fixture.root)/target\(bytes)"
                try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
                func write() throws(GitError) {
                    try BareRepository.open(fixture.mirrorPath) { repository throws(GitError) in
                        var writer = TreeWriter(repository, limits: TreeWriter.Limits(bytes: bytes))
                        let root = try repository.tree(ofCommit: commit)
                        try writer.write(tree: root, into: try Folder.open(target)) { _, _, _ throws(GitError) in }
                    }
                }
                if isEnough {
                    try write()
                } else {
                    #expect(await failure { try write() }?.kind == .invalid)
                }
            }
        }
    }

    @Test("a file's owner is who it was asked to be", .enabled(if: geteuid() == 0))
    func owner() async throws {
        try await Fixture.with { fixture in
            let commit = try Self.commit(in: fixture)
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let tree = "\(fixture.root)/tree"
            try await mirror.checkout(commit: commit, into: tree, owner: FileOwner(uid: 1234, gid: 2345))
            for path in try FileManager.default.subpathsOfDirectory(atPath: tree) where !path.hasPrefix(".git/objects/")
            {
                var facts = stat()
                #expect(lstat("\(tree)/\(path)", &facts) == 0)
                #expect(facts.st_uid == 1234 && facts.st_gid == 2345, "\(path)")
            }
        }
    }
}
