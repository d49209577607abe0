import Foundation
import Git
import Model
import Store
import Testing

@testable import Controller

/// A project's repository made by the real git, a store, and the services that are tested with them; no engine, no GitHub.
struct Desk: Sendable {
    let folder: String
    let store: Store
    let configuration: ControllerConfiguration
    let mirrors: ProjectMirrors
    let repository: RepositoryName
    private var origin: String { "\(folder)/github/acme/widget.git" }
    private var work: String { "\(folder)/work" }

    /// Runs a test in a folder of its own, which is removed afterwards.
    static func with(_ body: (Desk) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-controller-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try await Store.open(dataDirectory: "\(folder)/data")
        do {
            try await body(Desk(folder: folder, store: store))
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    private init(folder: String, store: Store) throws {
        self.folder = folder
        self.store = store
        repository = try #require(RepositoryName("acme/widget"))
        configuration = ControllerConfiguration(
            dataDirectory: "\(folder)/data", adminRepository: GitRemote(url: "\(folder)/config"), adminBranch: nil,
            externalURL: "http://ci", gitHubURL: "\(folder)/github", gitCredentials: .none, maximumJobs: 2,
            syncInterval: .seconds(60), secretKey: try #require(SecretKey(bytes: [UInt8](repeating: 7, count: 32))),
            instance: "test")
        mirrors = ProjectMirrors(configuration: configuration)
        try FileManager.default.createDirectory(atPath: "\(folder)/github/acme", withIntermediateDirectories: true)
        try git("init", "-q", "--bare", "-b", "main", origin, in: folder)
        try git("init", "-q", "-b", "main", work, in: folder)
        try git("remote", "add", "origin", origin)
    }

    /// The configuration of a server whose own credentials open no repository, with a place of its own for mirrors.
    var locked: ControllerConfiguration {
        var locked = configuration
        locked.dataDirectory = "\(folder)/locked"
        locked.gitHubURL = "\(folder)/closed"
        return locked
    }

    /// Mirrors that only the deploy key can fill: what stands in its place here is another address.
    ///
    /// - Parameter meanwhile: happens when the repository is about to be read, perhaps more than once.
    func lockedMirrors(_ meanwhile: @escaping @Sendable () async throws -> Void = {}) -> ProjectMirrors {
        let origin = origin
        return ProjectMirrors(configuration: locked) { _ in
            try await meanwhile()
            return GitRemote(url: origin)
        }
    }

    /// Declares the project.
    ///
    /// - Parameters:
    ///   - status: of all hooks, instead of their own.
    ///   - forks: the same.
    func declare(_ hooks: [Hook], status: HookSettings.StatusMode? = nil, forks: HookSettings.ForkMode? = nil)
        async throws -> ProjectRecord
    {
        var project = Project(repository: repository, hooks: hooks, file: "projects/widget.yaml")
        for index in hooks.indices {
            if let status { project.hooks[index].settings.status = status }
            if let forks { project.hooks[index].settings.forkPullRequests = forks }
        }
        let revision = ConfigRevision(
            commit: "config", authorName: "Mona", committedAt: Date(timeIntervalSince1970: 1), message: "Configure")
        try await store.applyConfig(DesiredState(projects: [project]), revision: revision)
        return try #require(try await store.project(repository))
    }

    /// A hook with rules about paths.
    func hook(_ id: String, paths: [String] = [], schedule: String? = nil) throws -> Hook {
        var hook = Hook(
            id: try #require(HookID(id)), triggers: Triggers(push: .init(), pullRequest: .init(), schedule: schedule),
            image: "debian", buildScript: "#!/bin/sh\ntrue\n")
        hook.paths = paths
        return hook
    }

    /// Commits files on a branch and pushes it. Answers the commit.
    @discardableResult
    func push(_ files: [String: String], branch: String = "main", from start: String? = nil) throws -> String {
        if let start { try git("checkout", "-q", "-B", branch, start) }
        for (path, text) in files {
            let file = URL(filePath: "\(work)/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        try git("add", "--all")
        try git("commit", "-q", "--allow-empty", "-m", "Change \(files.keys.sorted().joined(separator: " "))")
        try git("push", "-q", "--force", "origin", "HEAD:refs/heads/\(branch)")
        return try git("rev-parse", "HEAD")
    }

    /// Stores a delivery of that payload, and lets the intake work off what waits.
    func deliver(_ event: String, _ payload: [String: any Sendable], _ intake: DeliveryIntake? = nil) async throws
        -> DeliveryRecord
    {
        let delivery = NewDelivery(
            repository: repository, hook: try #require(HookID("tests")), guid: UUID().uuidString, event: event,
            payload: [UInt8](try JSONSerialization.data(withJSONObject: payload)))
        _ = try await store.inbox.store(delivery)
        await (intake ?? self.intake()).workOff(repository)
        return try #require(try await store.deliveries(limit: 1).first)
    }

    func intake(maximumFailures: Int = 8) -> DeliveryIntake {
        DeliveryIntake(
            configuration: configuration, store: store, mirrors: mirrors,
            backoff: Backoff(first: .milliseconds(1), longest: .milliseconds(1)), maximumFailures: maximumFailures)
    }

    /// The payload of a push.
    func pushed(_ commit: String, before: String?, branch: String = "main", at time: Int = 1) -> [String: any Sendable]
    {
        [
            "ref": "refs/heads/\(branch)", "before": before ?? String(repeating: "0", count: 40), "after": commit,
            "head_commit": ["id": commit, "message": "A change"] as [String: any Sendable],
            "repository": ["id": 7, "pushed_at": time] as [String: any Sendable],
        ]
    }

    /// The payload of a pull request of the project's own branch.
    func pullRequest(
        _ commit: String, action: String = "opened", branch: String = "topic", into target: String = "main",
        base: String, title: String = "A change", at time: Int = 1
    ) -> [String: any Sendable] {
        let project: [String: any Sendable] = ["id": 7]
        let head: [String: any Sendable] = ["ref": branch, "sha": commit, "repo": project]
        let base: [String: any Sendable] = ["ref": target, "sha": base, "repo": project]
        let request: [String: any Sendable] = [
            "number": 5, "title": title, "head": head, "base": base, "updated_at": time,
        ]
        return ["action": action, "repository": project, "pull_request": request]
    }

    /// The states of the latest build's jobs, by hook.
    func jobs(_ commit: String) async throws -> [String: JobState] {
        let project = try #require(try await store.project(repository))
        let build = try await store.builds(project.id, limit: 50).first { $0.commit == commit }
        guard let build else { return [:] }
        return Dictionary(try await store.jobs(build.id).map { ($0.hook.description, $0.state) }) { first, _ in first }
    }

    /// Makes the repository one that cannot be fetched, or mends it: its objects are moved away.
    func breakRepository(_ isBroken: Bool) throws {
        let (objects, hidden) = ("\(origin)/objects", "\(origin)/hidden")
        try FileManager.default.moveItem(atPath: isBroken ? objects : hidden, toPath: isBroken ? hidden : objects)
    }

    /// Runs the real git away from the account's configuration. Answers what it printed.
    @discardableResult
    func git(_ arguments: String..., in directory: String? = nil) throws -> String {
        let output = "\(folder)/git-\(UUID().uuidString)"
        try Data().write(to: URL(filePath: output))
        let handle = try FileHandle(forWritingTo: URL(filePath: output))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        process.currentDirectoryURL = URL(filePath: directory ?? work)
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder,
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Mona", "GIT_AUTHOR_EMAIL": "mona@example.org",
            "GIT_COMMITTER_NAME": "Mona", "GIT_COMMITTER_EMAIL": "mona@example.org",
        ]
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        let text = try String(contentsOfFile: output, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        try FileManager.default.removeItem(atPath: output)
        try #require(process.terminationStatus == 0, "git \(arguments): \(text)")
        return text
    }
}
