import Foundation
import Git
import Model
import Runner
import Testing

@testable import Controller

@Suite("Submodules of a commit")
struct SubmoduleTests {
    /// Commits `.gitmodules` and what it speaks of.
    private func push(_ desk: Desk, _ modules: [(path: String, url: String, commit: String)]) throws -> String {
        let text = modules.map { "[submodule \"\($0.path)\"]\n\tpath = \($0.path)\n\turl = \($0.url)\n" }.joined()
        try desk.push([".gitmodules": text])
        for module in modules {
            try desk.git("update-index", "--add", "--cacheinfo", "160000,\(module.commit),\(module.path)")
        }
        try desk.git("commit", "-q", "-m", "Submodules")
        try desk.git("push", "-q", "origin", "HEAD:refs/heads/main")
        return try desk.git("rev-parse", "HEAD")
    }

    private func find(_ desk: Desk, _ commit: String) async throws -> Submodules.Found {
        try await desk.mirrors.fetch(desk.repository)
        return try await Submodules(mirrors: desk.mirrors, gitHubURL: desk.configuration.gitHubURL).find(
            desk.repository, commit: commit, in: await desk.mirrors.mirror(desk.repository))
    }

    private func trouble(_ desk: Desk, _ commit: String) async throws -> String {
        do {
            let found = try await find(desk, commit)
            return "found \(found.lines)"
        } catch let trouble as Submodules.Trouble {
            return trouble.description
        }
    }

    @Test("Those of the same GitHub are fetched, and theirs")
    func found() async throws {
        try await Desk.with { desk in
            let inner = try desk.makeRepository("inner", ["inner.txt": "inner\n"])
            let lib = try desk.makeRepository(
                "lib",
                [".gitmodules": "[submodule \"i\"]\n\tpath = deep/inner\n\turl = ../inner\n", "lib.txt": "lib\n"],
                links: ["deep/inner": inner])
            let commit = try push(
                desk, [("libs/one", "../lib.git", lib), ("unused", "../lib.git", lib)])
            let found = try await find(desk, commit)
            #expect(found.submodules.map(\.path) == ["libs/one", "libs/one/deep/inner", "unused", "unused/deep/inner"])
            #expect(found.submodules.map(\.commit) == [lib, inner, lib, inner])
            #expect(found.lines.first == "Submodule libs/one: acme/lib at \(lib.prefix(12))")
            for module in found.submodules { #expect(await module.mirror.contains(commit: module.commit)) }
            // A commit without a list has none, whatever its tree says.
            let plain = try desk.push([".gitmodules": "", "a": "b"])
            #expect(try await find(desk, plain).submodules.isEmpty)
        }
    }

    @Test("Whatever else stands there is an error that names the submodule, and runs nothing")
    func refused() async throws {
        try await Desk.with { desk in
            let lib = try desk.makeRepository("lib", ["lib.txt": "lib\n"])
            let marker = "\(desk.folder)/owned"
            for address in [
                "ext::sh -c touch% \(marker)", "ssh://-oProxyCommand=touch\(marker)/x",
                "file://\(desk.folder)/github/acme/lib.git",
                "\(desk.folder)/github/acme/lib.git", "../../../../etc", "--upload-pack=touch \(marker)",
            ] {
                let words = try await trouble(desk, push(desk, [("m", address, lib)]))
                #expect(words.hasPrefix("the submodule 'm' is not a repository of "), "\(words)")
            }
            let none = try await trouble(desk, push(desk, [("m", "../nothing", lib)]))
            #expect(none.hasPrefix("the submodule 'm' (acme/nothing) cannot be fetched: "), "\(none)")
            let missing = String(repeating: "7", count: 40)
            let gone = try await trouble(desk, push(desk, [("m", "../lib", missing)]))
            #expect(gone.contains("acme/lib has no commit \(missing) on any branch or tag"), "\(gone)")
            #expect(!FileManager.default.fileExists(atPath: marker))
        }
    }

    @Test("Submodules that hold each other come to an end")
    func endless() async throws {
        try await Desk.with { desk in
            let text = { (name: String) in "[submodule \"m\"]\n\tpath = m\n\turl = ../\(name)\n" }
            var last = try desk.makeRepository("level0", ["a": "b"])
            for level in 1...6 {
                last = try desk.makeRepository(
                    "level\(level)", [".gitmodules": text("level\(level - 1)")], links: ["m": last])
            }
            let words = try await trouble(desk, push(desk, [("m", "../level6", last)]))
            #expect(words == "submodules are nested more than 4 deep: 'm/m/m/m/m'", "\(words)")
        }
    }
}

extension Desk {
    /// Another repository on the same GitHub, with one commit, which is answered.
    fileprivate func makeRepository(
        _ name: String, _ files: [String: String], links: [String: String] = [:]
    ) throws -> String {
        let (bare, work) = ("\(folder)/github/acme/\(name).git", "\(folder)/work-\(name)")
        try git("init", "-q", "--bare", "-b", "main", bare, in: folder)
        try git("init", "-q", "-b", "main", work, in: folder)
        for (path, text) in files { try Data(text.utf8).write(to: URL(filePath: "\(work)/\(path)")) }
        try git("add", "--all", in: work)
        for (path, commit) in links {
            try git("update-index", "--add", "--cacheinfo", "160000,\(commit),\(path)", in: work)
        }
        try git("commit", "-q", "-m", "First", in: work)
        try git("push", "-q", bare, "HEAD:refs/heads/main", in: work)
        return try git("rev-parse", "HEAD", in: work)
    }
}
