import Foundation
import Git
import Logging
import Model
import Store
import Testing

@testable import Controller

/// An admin repository made by the real git, and the service that reads it into a store.
struct AdminFixture {
    let folder: String
    let store: Store
    let sync: ConfigSync
    let configuration: ControllerConfiguration
    let secretKey: SecretKey

    private var repository: String { "\(folder)/admin" }

    /// Everything is removed afterwards.
    static func with(old: [SecretKey] = [], _ body: (AdminFixture) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-config-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try await Store.open(dataDirectory: "\(folder)/data")
        do {
            let secretKey = try #require(SecretKey(bytes: Array(0..<32)))
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let configuration = ControllerConfiguration(
                dataDirectory: "\(folder)/data", adminRepository: GitRemote(url: "\(folder)/admin"),
                adminBranch: "main",
                externalURL: "http://ci.example", gitHubURL: "http://github.example", gitCredentials: .none,
                maximumJobs: 1, syncInterval: .seconds(60), secretKey: secretKey, oldSecretKeys: old, instance: "test")
            let fixture = AdminFixture(
                folder: folder, store: store,
                sync: ConfigSync(configuration: configuration, store: store, logger: logger),
                configuration: configuration, secretKey: secretKey)
            try FileManager.default.createDirectory(atPath: fixture.repository, withIntermediateDirectories: true)
            try fixture.git("init", "-q", "-b", "main")
            try await body(fixture)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    /// Writes the files, removes those that are `nil`, commits, and looks at the repository as the service does.
    func apply(_ files: [String: String?], _ message: String = "Change", key: String? = nil) async throws {
        for (path, text) in files {
            let url = URL(filePath: "\(repository)/\(path)")
            guard let text else {
                try FileManager.default.removeItem(at: url)
                continue
            }
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        try git("add", "--all")
        let signing = key.map { ["-c", "gpg.format=ssh", "-c", "user.signingKey=\($0)"] } ?? []
        try git(signing + ["commit", "-q", "--allow-empty", "-m", message] + (key == nil ? [] : ["-S"]))
        try await look()
    }

    func look() async throws {
        let isRead = await sync.pass()
        let problem = try await store.configProblem()?.message
        #expect(isRead, "\(problem ?? "")")
    }

    /// A new key pair; answers the private file and the public line.
    func makeKey(_ name: String) throws -> (file: String, line: String) {
        try run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/\(name)"])
        let line = try String(contentsOfFile: "\(folder)/\(name).pub", encoding: .utf8)
        return ("\(folder)/\(name)", line.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// `NAME hook hook`, for each project that is active, in the order of the names.
    func active() async throws -> [String] {
        try await store.activeProjects().map { project in
            ([project.repository.name] + project.config.hooks.map(\.id.description)).joined(separator: " ")
        }
    }

    func latest() async throws -> ConfigRevision { try #require(try await store.latestConfigRevision()) }

    static func project(_ name: String, _ hooks: String..., extra: String = "") -> String {
        "repository: acme/\(name)\nhooks:\n"
            + hooks.map { "  \($0):\n    image: debian\n    build_script: '#!/bin/sh'\n\(extra)" }.joined()
    }

    @discardableResult
    func git(_ arguments: String..., input: String? = nil) throws -> String { try git(arguments, input: input) }

    @discardableResult
    func git(_ arguments: [String], input: String? = nil) throws -> String {
        try run("git", ["-C", repository] + arguments, input: input)
    }

    @discardableResult
    private func run(_ program: String, _ arguments: [String], input: String? = nil) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": "/nonexistent",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
        ]
        process.standardOutput = output
        if let input {
            let file = "\(folder)/input"
            try Data(input.utf8).write(to: URL(filePath: file))
            process.standardInput = FileHandle(forReadingAtPath: file)
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(program) \(arguments.joined(separator: " "))")
        return String(decoding: data, as: UTF8.self)
    }
}
