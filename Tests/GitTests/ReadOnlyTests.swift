import Foundation
import Testing

@testable import Git

@Suite("A repository of somebody else")
struct ReadOnlyTests {
    /// Every file below the folder with its time of change and its content.
    private func state(_ folder: String) throws -> [String: String] {
        var state: [String: String] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            let facts = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            let time = facts[.modificationDate] as? Date
            let content = FileManager.default.contents(atPath: "\(folder)/\(name)")
            state[name] = "\(time?.timeIntervalSince1970 ?? 0) \(content?.hashValue ?? 0)"
        }
        return state
    }

    @Test("a clone, its git directory, a bare and a linked work tree are read, and nothing in them changes")
    func reads() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commitZoo()
            let linked = "\(fixture.root)/linked"
            let bare = "\(fixture.root)/bare.git"
            try fixture.git("clone", "-q", "--bare", fixture.source, bare)
            try fixture.git("worktree", "add", "-q", "-b", "topic", linked)
            // What a mirror of ours would tidy away, and what belongs to a git that is at work here.
            for path in ["HEAD.lock", "packed-refs.lock", "refs/heads/main.lock", "objects/pack/pack_abc"] {
                try fixture.write("mine", to: ".git/\(path)")
            }
            for sibling in ["source.incoming-1", "source.outgoing-2", "bare.git.incoming-3"] {
                try fixture.write("mine", to: "../\(sibling)/file")
            }
            let before = try state(fixture.root)
            for path in [fixture.source, "\(fixture.source)/.git", bare, linked, "\(bare)/"] {
                let repository = GitMirror(readingFrom: path)
                #expect(try await repository.resolve("HEAD") == commit, "\(path)")
                #expect(try await repository.entry(commit: commit, path: "bin/run.sh")?.mode == "100755")
                #expect(await failure { try await repository.fetch() }?.kind == .invalid)
                #expect(await failure { _ = try await repository.remoteReferences() }?.kind == .invalid)
            }
            #expect(try state(fixture.root) == before)
        }
    }

    @Test("a checkout of it shares no file with it")
    func checkout() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commit(["a": "1"])
            try fixture.git("repack", "-qad")
            let linked = "\(fixture.root)/linked"
            try fixture.git("worktree", "add", "-q", linked, "HEAD")
            let copy = "\(fixture.root)/copy"
            try await GitMirror(readingFrom: linked).checkout(commit: commit, into: copy)
            #expect(try fixture.git("status", "--porcelain", in: copy) == "")
            let pack = try FileManager.default.subpathsOfDirectory(atPath: "\(copy)/.git").first {
                $0.hasSuffix(".pack")
            }
            let facts = try FileManager.default.attributesOfItem(atPath: "\(copy)/.git/\(try #require(pack))")
            #expect(facts[.referenceCount] as? Int == 1)
        }
    }

    @Test("damage is an error, and is left as it is")
    func damage() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commit(["a": "1"])
            try FileManager.default.removeItem(atPath: "\(fixture.source)/.git/objects")
            let before = try state(fixture.root)
            let repository = GitMirror(readingFrom: fixture.source)
            #expect(await failure { _ = try await repository.entry(commit: commit, path: "a") } != nil)
            #expect(try state(fixture.root) == before)
            let none = GitMirror(readingFrom: "\(fixture.root)/none")
            #expect(await failure { _ = try await none.resolve("HEAD") }?.kind == .notFound)
        }
    }
}
