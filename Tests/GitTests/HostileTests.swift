import Foundation
import Testing

@testable import Git

@Suite("Repositories made to do harm")
struct HostileTests {
    @Test(
        "a path that leads elsewhere is never written",
        arguments: [
            ["100644 ..": "blob"], ["40000 ..": "tree"], ["100644 .git": "blob"], ["40000 .GIT": "tree"],
            ["100644 ../../escaped": "blob"], ["100644 a/../../escaped": "blob"], ["100644 /tmp/escaped": "blob"],
            ["40000 .": "tree"], ["120000 .git": "link"], ["40000 .g\u{200C}it": "tree"], ["40000 git~1": "tree"],
            ["120000 a": "link", "40000 a": "tree"], ["120000 hook": "link", "100644 hook": "blob"],
        ])
    func paths(entries: [String: String]) async throws {
        try await Fixture.with { fixture in
            let outside = "\(fixture.root)/outside"
            try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
            let blob = try fixture.git("hash-object", "-w", "--stdin", input: Array("evil".utf8))
            let link = try fixture.git("hash-object", "-w", "--stdin", input: Array(outside.utf8))
            let tree = try fixture.literalTree([("100644 escaped", blob), ("100644 hook", blob)])
            let ids = ["blob": blob, "tree": tree, "link": link]
            // Links first, so that what follows could go through them.
            let rows = entries.sorted { $0.key > $1.key }.sorted { $0.value == "link" && $1.value != "link" }
            let root = try fixture.literalTree(rows.map { ($0.key, ids[$0.value] ?? "") })
            let commit = try fixture.git("commit-tree", root, "-m", "evil")
            try fixture.git("update-ref", "refs/heads/main", commit)

            let mirror = fixture.mirror()
            try await mirror.fetch()
            _ = try? await mirror.list(commit: commit)
            let target = "\(fixture.root)/x/y/target"
            #expect(await failure { try await mirror.checkout(commit: commit, into: target) }?.kind == .invalid)
            #expect(!FileManager.default.fileExists(atPath: target))
            #expect(
                await failure { try await mirror.export(commit: commit, paths: ["."], into: target) }?.kind == .invalid)
            #expect(try FileManager.default.contentsOfDirectory(atPath: outside).isEmpty)
            let escaped = try FileManager.default.subpathsOfDirectory(atPath: fixture.root).filter {
                $0.hasSuffix("escaped") && !$0.hasPrefix("x/y/target/")
            }
            #expect(escaped.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: "/tmp/escaped"))
        }
    }

    @Test("a small tree that repeats itself without end is refused, not walked")
    func bomb() async throws {
        try await Fixture.with { fixture in
            let blob = try fixture.git("hash-object", "-w", "--stdin", input: Array("x".utf8))
            var tree = try fixture.literalTree((0..<10).map { ("100644 f\($0)", blob) })
            for _ in 0..<12 { tree = try fixture.literalTree((0..<10).map { ("40000 d\($0)", tree) }) }
            let commit = try fixture.git("commit-tree", tree, "-m", "bomb")
            try fixture.git("update-ref", "refs/heads/main", commit)
            let mirror = fixture.mirror()
            try await mirror.fetch()
            #expect(await failure { _ = try await mirror.list(commit: commit, limit: 1000) }?.kind == .invalid)
            #expect(await failure { _ = try await mirror.changes(from: nil, to: commit) }?.kind == .invalid)
            try FileManager.default.createDirectory(atPath: "\(fixture.root)/target", withIntermediateDirectories: true)
            let error = await failure {
                try BareRepository.open(fixture.mirrorPath) { repository throws(GitError) in
                    var writer = TreeWriter(repository, limits: TreeWriter.Limits(entries: 500))
                    let root = try repository.tree(ofCommit: commit)
                    let folder = try Folder.open("\(fixture.root)/target")
                    try writer.write(tree: root, into: folder) { _, _, _ throws(GitError) in }
                }
            }
            #expect(error?.kind == .invalid)
        }
    }

    @Test("hooks, filters and configuration of the host have no say")
    func hostConfiguration() async throws {
        try await Fixture.with { fixture in
            let trace = "\(fixture.root)/ran"
            try fixture.write("*.txt filter=evil\n", to: ".gitattributes")
            try fixture.write("plain\n", to: "a.txt")
            let commit = try fixture.commit("filters")
            try fixture.git("config", "filter.evil.smudge", "touch \(trace)")
            try fixture.git("config", "core.hooksPath", "\(fixture.root)/hooks")
            let mirror = fixture.mirror()
            try await mirror.fetch()
            try fixture.git("config", "filter.evil.smudge", "touch \(trace)", in: fixture.mirrorPath)
            try await mirror.checkout(commit: commit, into: "\(fixture.root)/tree")
            #expect(try String(contentsOfFile: "\(fixture.root)/tree/a.txt", encoding: .utf8) == "plain\n")
            #expect(!FileManager.default.fileExists(atPath: trace))
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.root)/tree/.git").contains("config"))
            #expect(!FileManager.default.fileExists(atPath: "\(fixture.root)/tree/.git/hooks"))
        }
    }
}

extension Fixture {
    /// A tree with any entries in any order, which `git mktree` would not write.
    func literalTree(_ rows: [(String, String)]) throws -> String {
        let bytes = rows.reduce(into: [UInt8]()) { bytes, row in
            bytes += Array(row.0.utf8) + [0]
            let digits = Array(row.1)
            bytes += stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0...$0 + 1]), radix: 16)
            }
        }
        return try git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", input: bytes)
    }
}
