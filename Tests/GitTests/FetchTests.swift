import Foundation
import Synchronization
import Testing

@testable import Git

@Suite("Fetching into a mirror")
struct FetchTests {
    @Test(
        "who finds that another fetch brought what is wanted does not ask again; a commit that was seen is remembered")
    func fulfilled() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commit(["a": "1"])
            let mirror = fixture.mirror()
            #expect(!mirror.remembers(commit: commit))
            try await mirror.fetch(unless: { $0.contains(commit: commit) })
            #expect(await mirror.contains(commit: commit) && mirror.remembers(commit: commit))
            // Whoever asks now is told that there is nobody.
            await mirror.setRemote(GitRemote(url: "\(fixture.root)/nowhere"))
            try await mirror.fetch(unless: { $0.contains(commit: commit) })
            #expect(await failure { try await mirror.fetch() } != nil)
            try FileManager.default.removeItem(atPath: fixture.mirrorPath)
            #expect(!mirror.remembers(commit: commit))
        }
    }

    @Test("a path and a file URL give the branches, tags and pull requests of the remote", arguments: ["", "file://"])
    func clone(prefix: String) async throws {
        try await Fixture.with { fixture in
            try fixture.commit(["a": "1"], "one")
            try fixture.git("tag", "-a", "v1", "-m", "first")
            try fixture.git("update-ref", "refs/pull/7/head", "HEAD")
            try fixture.git("update-ref", "refs/pull/7/merge", "HEAD")
            try fixture.git("branch", "topic/x")
            let mirror = fixture.mirror(prefix + fixture.source)
            let seen = Mutex<[GitProgress]>([])
            try await mirror.fetch { progress in seen.withLock { $0.append(progress) } }

            let theirs = try fixture.git("for-each-ref", "--format=%(refname) %(objectname)").split(separator: "\n")
                .map(String.init).filter { !$0.hasPrefix("refs/pull/7/merge") }
            #expect(try await mirror.references().map { "\($0.name) \($0.target)" } == theirs)
            #expect(try await mirror.resolve("HEAD") == fixture.git("rev-parse", "HEAD"))
            #expect(try await mirror.resolve("v1") == fixture.git("rev-parse", "v1^{commit}"))
            #expect(try await mirror.resolve("refs/heads/none") == nil)
            let last = try #require(seen.withLock { $0.last })
            #expect(last.totalObjects > 0 && last.indexedObjects == last.totalObjects)

            let remote = try await mirror.remoteReferences()
            #expect(remote.first { $0.name == "HEAD" }?.symbolicTarget == "refs/heads/main")
            #expect(remote.contains { $0.name == "refs/pull/7/merge" })
        }
    }

    @Test("another remote is asked once: the mirror's own is asked again afterwards, and by others meanwhile")
    func other() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commit(["a": "1"])
            let mirror = fixture.mirror("\(fixture.root)/closed")
            let other = GitRemote(url: fixture.source)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let references = try await mirror.remoteReferences(of: other)
                        #expect(references.contains { $0.name == "refs/heads/main" })
                    }
                    group.addTask { #expect(await failure { _ = try await mirror.remoteReferences() } != nil) }
                }
                try await group.waitForAll()
            }
            try await mirror.fetch(from: other)
            #expect(try await mirror.resolve("main") == commit)
            #expect(await failure { try await mirror.fetch() } != nil)
        }
    }

    @Test("a forced push moves the branch, deleted ones go, and a branch may take the place of a folder of branches")
    func prune() async throws {
        try await Fixture.with { fixture in
            let first = try fixture.commit(["a": "1"])
            try fixture.commit(["a": "2"])
            for branch in ["gone", "topic", "group/one"] { try fixture.git("branch", branch) }
            try fixture.git("tag", "old")
            let mirror = fixture.mirror()
            try await mirror.fetch()

            try fixture.git("reset", "-q", "--hard", first)
            let forced = try fixture.commit(["a": "3"])
            for branch in ["gone", "topic", "group/one"] { try fixture.git("branch", "-D", branch) }
            try fixture.git("tag", "-d", "old")
            try fixture.git("branch", "topic/one")
            try fixture.git("branch", "group")
            try await mirror.fetch()
            #expect(
                try await mirror.references().map(\.name) == [
                    "refs/heads/group", "refs/heads/main", "refs/heads/topic/one",
                ])
            #expect(try await mirror.resolve("main") == forced)
        }
    }

    @Test("an empty remote is an empty mirror, and a missing one says so")
    func emptyAndMissing() async throws {
        try await Fixture.with { fixture in
            let mirror = fixture.mirror()
            try await mirror.fetch()
            #expect(try await mirror.references().isEmpty)
            #expect(try await mirror.resolve("HEAD") == nil)
            let missing = await failure { try await fixture.mirror("\(fixture.root)/none").fetch() }
            #expect(missing?.kind == .notFound, "\(String(describing: missing))")
            let never = GitMirror(path: "\(fixture.root)/never", remote: GitRemote(url: fixture.source))
            #expect(await failure { _ = try await never.references() }?.kind == .notFound)
        }
    }

    @Test("addresses with credentials, odd schemes and bad refspecs are refused before anything is opened")
    func refusals() async throws {
        try await Fixture.with { fixture in
            for url in [
                "https://user:pass@example.org/x", "https://token@example.org/x", "ssh://git:pw@example.org/x", "",
                "ext::sh -c x", "git://example.org/x", "relative/path", "ssh://example.org/x'y", "http:///x",
                "https://example.org:99999/x", "ssh://-oProxyCommand=x/y", "https://a b/x",
            ] {
                #expect(await failure { try await fixture.mirror(url).fetch() }?.kind == .invalid, "\(url)")
            }
            for refspec in ["", "+refs/heads/*:heads/*", "refs/heads/main", "+refs/*/x/*:refs/*/x/*"] {
                let mirror = fixture.mirror()
                #expect(await failure { try await mirror.fetch(refspecs: [refspec]) }?.kind == .invalid, "\(refspec)")
            }
            #expect(!FileManager.default.fileExists(atPath: "\(fixture.root)/mirrors"))
        }
    }

    @Test("many small packs become one, and nothing is lost")
    func compaction() async throws {
        try await Fixture.with { fixture in
            let first = try fixture.commit(["a": "0"])
            let mirror = fixture.mirror()
            func packs() throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: "\(fixture.mirrorPath)/objects/pack")
                    .filter { $0.hasSuffix(".pack") }
            }
            var most = 0
            for number in 1...24 {
                try await mirror.fetch()
                most = max(most, try packs().count)
                try fixture.commit(["a": "\(number)"])
            }
            #expect((4...7).contains(most), "\(most)")
            await mirror.compact(from: 2, largest: 2)
            #expect(try packs().count > 1, "larger ones stay")
            let before = try packs().count
            await mirror.compact(from: 2, heaviest: 100)
            #expect(try packs().count == before, "heavier ones stay")
            await mirror.compact(from: 2)
            #expect(try packs().count < most)
            #expect(try await mirror.mergeBase(first, try #require(try await mirror.resolve("HEAD"))) == first)
            try fixture.git("fsck", "--full", "--strict", in: fixture.mirrorPath)
            try await mirror.fetch()
        }
    }

    @Test(
        "packs are merged whose like there are several of, however many large ones there are",
        arguments: [
            ([], 0), ([7], 0), ([3, 3], 2), ([3, 6, 18, 54], 0), ([3, 3, 3, 3, 1000], 4), ([3, 3, 3, 12], 4),
            ([3, 3, 3, 40, 70], 5), ([1, 2, 5000, 6000], 4),
        ])
    func merging(counts: [Int], merged: Int) { #expect(GitMirror.merged(counts) == merged) }
}
