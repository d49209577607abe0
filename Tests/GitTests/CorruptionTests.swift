import Foundation
import Testing

@testable import Git

@Suite("A damaged mirror")
struct CorruptionTests {
    /// What may happen to the files.
    enum Damage: String, CaseIterable, Sendable {
        case noHead, garbledReference, missingObjects, missingPack, truncatedPack, flippedBytes, emptyFolder, aFile

        func apply(to mirror: String) throws {
            let files = FileManager.default
            func write(_ text: String, _ path: String) throws {
                try files.createDirectory(
                    atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                try Data(text.utf8).write(to: URL(filePath: path))
            }
            let pack = try files.subpathsOfDirectory(atPath: mirror).first { $0.hasSuffix(".pack") }
            let path = "\(mirror)/\(try #require(pack))"
            switch self {
            case .noHead: try files.removeItem(atPath: "\(mirror)/HEAD")
            case .garbledReference: try write("not an id", "\(mirror)/refs/heads/main")
            case .missingObjects: try files.removeItem(atPath: "\(mirror)/objects")
            case .missingPack: try files.removeItem(atPath: path)
            case .truncatedPack:
                let data = try Data(contentsOf: URL(filePath: path))
                try files.removeItem(atPath: path)
                try data.prefix(data.count / 2).write(to: URL(filePath: path))
            case .flippedBytes:
                var data = try Data(contentsOf: URL(filePath: path))
                for index in 12..<data.count - 20 { data[index] ^= 0x55 }
                try files.removeItem(atPath: path)
                try data.write(to: URL(filePath: path))
            case .emptyFolder:
                try files.removeItem(atPath: mirror)
                try files.createDirectory(atPath: mirror, withIntermediateDirectories: true)
            case .aFile:
                try files.removeItem(atPath: mirror)
                try write("what", mirror)
            }
        }
    }

    @Test("is cloned again by a fetch", arguments: Damage.allCases)
    func fetch(damage: Damage) async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commit(["a": "1"])
            let mirror = fixture.mirror()
            try await mirror.fetch()
            try damage.apply(to: fixture.mirrorPath)
            try await mirror.fetch()
            #expect(try await mirror.entry(commit: commit, path: "a")?.type == .blob)
            try fixture.git("fsck", "--full", in: fixture.mirrorPath)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.root)/mirrors") == ["mirror.git"])
        }
    }

    @Test("is cloned again by a lookup", arguments: Damage.allCases)
    func lookup(damage: Damage) async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commit(["a": "1"])
            let mirror = fixture.mirror()
            try await mirror.fetch()
            try damage.apply(to: fixture.mirrorPath)
            #expect(try await mirror.entry(commit: commit, path: "a")?.type == .blob)
            #expect(try await mirror.commit(commit).message == "change\n")
        }
    }

    @Test("stays an error when the remote cannot help, and what was never there is just not found")
    func beyondRepair() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commit(["a": "1"])
            let mirror = fixture.mirror()
            try await mirror.fetch()
            let none = String(repeating: "a", count: 40)
            #expect(await failure { _ = try await mirror.commit(none) }?.kind == .notFound)
            #expect(await failure { _ = try await mirror.blob(none) }?.kind == .notFound)
            #expect(await !mirror.contains(commit: none))
            try Damage.missingObjects.apply(to: fixture.mirrorPath)
            await mirror.setRemote(GitRemote(url: "\(fixture.root)/gone"))
            #expect(await failure { _ = try await mirror.commit(commit) }?.kind == .corrupt)
        }
    }

    @Test("locks and half clones of a killed process do not stop the next one")
    func leftovers() async throws {
        try await Fixture.with { fixture in
            try fixture.commit(["a": "1"])
            try await fixture.mirror().fetch()
            let commit = try fixture.commit(["a": "2"])
            try fixture.git("branch", "other")
            let files = FileManager.default
            for path in ["refs/heads/main.lock", "HEAD.lock", "packed-refs.lock", "objects/pack/pack_git2_aBcDeF"] {
                #expect(files.createFile(atPath: "\(fixture.mirrorPath)/\(path)", contents: Data()))
            }
            let half = "\(fixture.mirrorPath).incoming-1"
            try files.createDirectory(atPath: half, withIntermediateDirectories: true)
            let mirror = fixture.mirror()
            try await mirror.fetch()
            #expect(try await mirror.resolve("main") == commit)
            #expect(!files.fileExists(atPath: half))
            #expect(!files.fileExists(atPath: "\(fixture.mirrorPath)/objects/pack/pack_git2_aBcDeF"))
        }
    }
}
