import Foundation
import Glibc
import Testing

@testable import Git

@Suite("Laying one commit over another's work tree")
struct LayerTests {
    /// Makes what an overlay mount of the two shows.
    private static let merge = #"""
        set -e
        cp -a "$1" "$3"
        (cd "$2" && find . -mindepth 1 -print0) | while IFS= read -r -d "" path; do
            if [ -c "$2/$path" ]; then
                rm -rf "$3/$path"
            elif [ -d "$2/$path" ] && [ ! -L "$2/$path" ]; then
                if [ ! -d "$3/$path" ] || [ -L "$3/$path" ]; then rm -rf "$3/$path"; mkdir "$3/$path"; fi
            else
                rm -rf "$3/$path"
                cp -a "$2/$path" "$3/$path"
            fi
        done
        """#

    /// Two commits that differ in every way.
    private func commits(_ fixture: Fixture) throws -> (first: String, second: String) {
        let files = FileManager.default
        try fixture.commit(["before": "1"])
        try fixture.git("tag", "-a", "v1.0", "-m", "one")
        let zoo = try fixture.commitZoo()
        for name in ["becomes-file/deep", "becomes-module/deep", "goes/deep", "stays/deep", "moves/deep"] {
            for number in 0..<3 { try fixture.write("\(name) \(number)\n", to: "\(name)/f\(number)") }
        }
        for name in ["becomes-folder", "becomes-link", "becomes-program", "becomes-gitlink", "changes", "stays/file"] {
            try fixture.write("1\n", to: name)
        }
        try files.createSymbolicLink(atPath: "\(fixture.source)/becomes-plain", withDestinationPath: "stays/deep")
        let first = try fixture.commit("first")
        for name in ["becomes-file", "becomes-module", "goes", "becomes-folder", "becomes-link", "becomes-plain"] {
            try files.removeItem(atPath: "\(fixture.source)/\(name)")
        }
        try fixture.write("now\n", to: "becomes-file")
        try fixture.write("now\n", to: "becomes-folder/deep/f0")
        try fixture.write("now\n", to: "becomes-plain")
        try fixture.write("2\n", to: "changes")
        try fixture.write("2\n", to: "stays/deep/f1")
        try files.createSymbolicLink(atPath: "\(fixture.source)/becomes-link", withDestinationPath: "../nowhere")
        try files.moveItem(atPath: "\(fixture.source)/moves", toPath: "\(fixture.source)/moved")
        try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(fixture.source)/becomes-program")
        // A name that is no text.
        let name = Array("\(fixture.source)/odd".utf8) + [0xFF, 0xFE, 0]
        let file = name.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { fopen($0.baseAddress, "w") }
        fclose(file)
        try fixture.git("rm", "-q", "--cached", "becomes-gitlink")
        try files.removeItem(atPath: "\(fixture.source)/becomes-gitlink")
        try fixture.git("add", "-A")
        for path in ["becomes-module", "becomes-gitlink"] {
            try fixture.git("update-index", "--add", "--cacheinfo", "160000,\(zoo),\(path)")
        }
        try fixture.git("update-index", "--cacheinfo", "160000,\(first),vendored")
        try fixture.git("commit", "-q", "-m", "second")
        try fixture.git("tag", "-a", "v2.0", "-m", "two")
        return (first, try fixture.git("rev-parse", "HEAD"))
    }

    /// Names, kinds, modes and bytes of a work tree.
    private func content(_ folder: String, _ fixture: Fixture) throws -> String {
        let script = """
            find . -path ./.git -prune -o -printf '%P %y %m %l\\n' | sort | cat -v
            find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | cat -v
            """
        return String(decoding: try fixture.run("sh", ["-c", script], in: folder), as: UTF8.self)
    }

    @Test(
        "together they are what a checkout makes, whatever changed",
        .enabled(if: geteuid() == 0, "only root can hide files"), arguments: [true, false])
    func layer(forward: Bool) async throws {
        try await Fixture.with { fixture in
            let (first, second) = try commits(fixture)
            let (base, commit) = forward ? (first, second) : (second, first)
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let root = fixture.root
            let (lower, upper, merged, plain) = ("\(root)/lower", "\(root)/upper", "\(root)/merged", "\(root)/plain")
            try FileManager.default.createDirectory(atPath: upper, withIntermediateDirectories: true)
            let owner = FileOwner(uid: 1234, gid: 2345)
            try await mirror.checkout(commit: base, into: lower, owner: owner)
            try await mirror.layer(commit: commit, into: upper, over: lower, of: base, owner: owner)
            try await mirror.checkout(commit: commit, into: plain)
            // The marks that hide what is below are nobody's.
            let others = try fixture.run(
                "sh",
                [
                    "-c",
                    "find lower upper -path '*/objects/*' -prune -o ! -type c ! '(' -uid 1234 -gid 2345 ')' -print",
                ], in: root)
            #expect(String(decoding: others, as: UTF8.self) == "")
            try fixture.run("bash", ["-c", Self.merge, "merge", lower, upper, merged])
            #expect(try content(merged, fixture) == content(plain, fixture))

            let safe = ["-c", "safe.directory=*", "-c", "core.fsmonitor=false"]
            func ask(_ arguments: String..., in folder: String) throws -> String {
                String(decoding: try fixture.run("git", safe + arguments, in: folder), as: UTF8.self)
            }
            #expect(try ask("status", "--porcelain", "--ignored", in: merged).isEmpty)
            for question in [["describe", "--dirty"], ["rev-parse", "HEAD"], ["tag"], ["ls-files", "--stage"]] {
                let answers = try [merged, plain].map { folder in
                    try fixture.run("git", safe + question, in: folder)
                }
                #expect(answers[0] == answers[1], "\(question)")
            }
            _ = try ask("fsck", "--full", "--strict", in: merged)
            // What did not change was not touched.
            let files = FileManager.default
            #expect(!files.fileExists(atPath: "\(upper)/stays/file") && !files.fileExists(atPath: "\(upper)/README.md"))
            #expect(!files.fileExists(atPath: "\(upper)/.git/objects"))
        }
    }

    @Test("the same files cost nothing, and new packs are all that is copied")
    func little() async throws {
        try await Fixture.with { fixture in
            let base = try fixture.commit(["a": "1", "folder/b": "2"])
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let (lower, upper) = ("\(fixture.root)/lower", "\(fixture.root)/upper")
            let files = FileManager.default
            try await mirror.checkout(commit: base, into: lower)
            let before = try files.contentsOfDirectory(atPath: "\(lower)/.git/objects/pack")
            let same = try fixture.commit("nothing")
            try fixture.commit(["folder/b": "3"])
            try await mirror.fetch()
            #expect(try await mirror.distance(from: base, to: same, limit: 0) == 0)
            try files.createDirectory(atPath: upper, withIntermediateDirectories: true)
            try await mirror.layer(commit: same, into: upper, over: lower, of: base)
            let found = try files.subpathsOfDirectory(atPath: upper).filter {
                !$0.hasSuffix(".pack") && !$0.hasSuffix(".idx")
            }
            #expect(Set(found) == [".git", ".git/HEAD", ".git/objects", ".git/objects/pack"])
            let packs = try files.contentsOfDirectory(atPath: "\(upper)/.git/objects/pack")
            #expect(!packs.isEmpty && Set(packs).isDisjoint(with: before))
            for pack in packs {
                var facts = stat()
                #expect(stat("\(upper)/.git/objects/pack/\(pack)", &facts) == 0 && facts.st_nlink == 1)
            }
        }
    }

    @Test("what differs is counted no further than is asked for")
    func distance() async throws {
        try await Fixture.with { fixture in
            let none = String(repeating: "b", count: 40)
            let first = try fixture.commit(["a/b/c": "1", "a/d": "1", "e": "1"])
            let second = try fixture.commit(["a/b/c": "2", "f": "1"])
            let mirror = fixture.mirror()
            try await mirror.fetch()
            // a, a/b, a/b/c and f.
            #expect(try await mirror.distance(from: first, to: second, limit: 4) == 4)
            #expect(try await mirror.distance(from: second, to: first, limit: 3) == nil)
            #expect(try await mirror.distance(from: none, to: first, limit: 100) == nil)
            #expect(try await mirror.count(commit: second, limit: 100) == 6)
            #expect(try await mirror.count(commit: second, limit: 2) == 2)
            #expect(try await mirror.isLarge(commit: second, entries: 6, bytes: .max))
            #expect(try await !mirror.isLarge(commit: second, entries: 7, bytes: .max))
            #expect(try await mirror.isLarge(commit: second, entries: 7, bytes: 1))
        }
    }
}
