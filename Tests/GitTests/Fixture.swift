import Foundation
import Testing

@testable import Git

/// A scratch folder with a source repository in it, made by the real git, away from the account's own configuration.
struct Fixture: Sendable {
    let root: String
    var source: String { "\(root)/source" }
    var mirrorPath: String { "\(root)/mirrors/mirror.git" }

    /// Runs a test in a folder of its own and removes it afterwards.
    static func with(_ body: (Fixture) async throws -> Void) async throws {
        let root = NSTemporaryDirectory() + "kozmic-git-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let fixture = Fixture(root: root)
        try fixture.git("init", "-q", "-b", "main", fixture.source, in: root)
        try await body(fixture)
    }

    func mirror(_ url: String? = nil, _ credentials: GitCredentials = .none, caFile: String? = nil) -> GitMirror {
        GitMirror(path: mirrorPath, remote: GitRemote(url: url ?? source, credentials: credentials, caFile: caFile))
    }

    @discardableResult
    func git(_ arguments: String..., in folder: String? = nil, input: [UInt8]? = nil) throws -> String {
        String(decoding: try run("git", arguments, in: folder ?? source, input: input), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func bytes(_ arguments: String...) throws -> [UInt8] {
        try run("git", arguments, in: source)
    }

    /// Runs a program to its end and answers what it wrote.
    @discardableResult
    func run(_ program: String, _ arguments: [String], in folder: String? = nil, input: [UInt8]? = nil) throws
        -> [UInt8]
    {
        let scratch = "\(root)/io-\(UUID().uuidString)"
        try Data(input ?? []).write(to: URL(filePath: "\(scratch).in"))
        defer {
            for suffix in ["in", "out", "err"] { try? FileManager.default.removeItem(atPath: "\(scratch).\(suffix)") }
        }
        let process = try ChildProcess(
            [program] + arguments, environment: Self.environment, folder: folder ?? root, input: "\(scratch).in",
            output: "\(scratch).out", errors: "\(scratch).err")
        guard process.wait() == 0 else {
            let words = String(decoding: try Data(contentsOf: URL(filePath: "\(scratch).err")), as: UTF8.self)
            throw Failure(description: "\(program) \(arguments.joined(separator: " ")): \(words)")
        }
        return [UInt8](try Data(contentsOf: URL(filePath: "\(scratch).out")))
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let environment: [String: String] = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_AUTHOR_DATE": "1700000000 +0230",
        "GIT_COMMITTER_NAME": "Bob", "GIT_COMMITTER_EMAIL": "bob@example.org",
        "GIT_COMMITTER_DATE": "1700000100 -0100", "LC_ALL": "C",
        // The tests add a submodule from a path.
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always",
    ]

    func write(_ text: String, to path: String) throws {
        let url = URL(filePath: "\(source)/\(path)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// Commits everything in the source's work tree and answers the commit.
    @discardableResult
    func commit(_ message: String = "change") throws -> String {
        try git("add", "-A")
        try git("commit", "-q", "--allow-empty", "-m", message)
        return try git("rev-parse", "HEAD")
    }

    @discardableResult
    func commit(_ files: [String: String], _ message: String = "change") throws -> String {
        for (path, text) in files { try write(text, to: path) }
        return try commit(message)
    }

    /// Every kind of thing that a tree holds.
    func commitZoo() throws -> String {
        try write("hello\n", to: "README.md")
        try write("#!/bin/sh\n", to: "bin/run.sh")
        try write("a\n", to: "dir with space/ü/naïve file.txt")
        try write("deep\n", to: "a/b/c/d.txt")
        let files = FileManager.default
        try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(source)/bin/run.sh")
        try files.createSymbolicLink(atPath: "\(source)/link", withDestinationPath: "README.md")
        try files.createSymbolicLink(atPath: "\(source)/a/outside", withDestinationPath: "../../../etc/passwd")
        let first = try commit("first")
        try git("update-index", "--add", "--cacheinfo", "160000,\(first),vendored")
        try write("[submodule \"vendored\"]\n\tpath = vendored\n\turl = ./x\n", to: ".gitmodules")
        try files.createDirectory(atPath: "\(source)/vendored", withIntermediateDirectories: true)
        try git("add", ".gitmodules")
        try git("commit", "-q", "-m", "zoo\n\nwith everything")
        return try git("rev-parse", "HEAD")
    }

    /// Everything below a folder whose bytes hold the text.
    func files(below folder: String, holding text: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else { return false }
            return data.range(of: Data(text.utf8)) != nil || name.contains(text)
        }
    }
}

/// The error that a call throws.
func failure(_ body: () async throws -> Void, _ location: SourceLocation = #_sourceLocation) async -> GitError? {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: location)
        return nil
    } catch {
        let error = error as? GitError
        if error == nil { Issue.record("not a GitError", sourceLocation: location) }
        return error
    }
}
