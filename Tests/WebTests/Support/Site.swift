import Foundation
import GitHub
import Logging
import Model
import ServiceLifecycle
import Synchronization
import Testing

@testable import Store
@testable import Web

/// A running server with a store in a folder of its own.
struct Site: Sendable {
    let folder: String
    let store: Store
    let client: Client
    let clock: Clock
    let log: LogBook
    let key: SecretKey
    private let group: ServiceGroup

    /// The time that the store sees.
    final class Clock: Sendable {
        private let time = Mutex(Date())
        var now: Date { time.withLock { $0 } }
        func set(_ date: Date) { time.withLock { $0 = date } }
        func advance(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
    }

    /// Runs a server; what it logs as an error fails the test.
    static func with(
        port: Int = 0, showsPrivate: Bool = false, adminRepository: String? = nil,
        externalURL: String = "http://ci.example.org", signIn: GitHubOAuth? = nil,
        oldSecretKeys: [SecretKey] = [],
        isJobAddress: @escaping @Sendable (String) async -> Bool = { _ in false },
        account: (@Sendable (GitHubToken) async throws(GitHubError) -> GitHubAccount)? = nil,
        starts: (@Sendable (Store, ManualTrigger, ProjectRecord) async throws -> BuildRecord)? = nil,
        bisections: (@Sendable (Store) -> BisectionActions)? = nil,
        calls: CallLimits.Rate = .requests, introductions: CallLimits.Rate = .introductions,
        readiness: @escaping @Sendable () async -> [ReadinessCheck] = { [] },
        trace: (@Sendable (String) -> Void)? = nil,
        _ body: @Sendable (Site) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-web-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let clock = Clock()
        let log = LogBook()
        let store = try await Store.open(dataDirectory: folder, now: { clock.now }, trace: trace)
        let key = try #require(SecretKey(bytes: [UInt8](repeating: 7, count: 32)))
        let (ports, running) = AsyncStream.makeStream(of: Int.self)
        var configuration = WebConfiguration(
            host: "127.0.0.1", port: port, externalURL: externalURL, gitHubURL: "https://github.com",
            secretKey: key, version: "1.2.3", adminRepository: adminRepository.flatMap { RepositoryName($0) },
            showsPrivate: showsPrivate, signIn: signIn, oldSecretKeys: oldSecretKeys)
        configuration.isJobAddress = isJobAddress
        configuration.account = account
        if let starts { configuration.startBuild = { try await starts(store, $0, $1) } }
        configuration.bisections = bisections?(store)
        configuration.callRate = calls
        configuration.introductionRate = introductions
        let server = WebServer(
            configuration: configuration,
            store: store, readiness: readiness, logger: Logger(label: "web") { _ in log },
            onRunning: { running.yield($0) })
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [server], logger: Logger(label: "group") { _ in log }))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { running.finish() }
                try await group.run()
            }
            var result: Result<Void, any Error> = .success(())
            if let port = await ports.first(where: { _ in true }) {
                do {
                    let client = Client(port: port)
                    let site = Site(
                        folder: folder, store: store, client: client, clock: clock, log: log, key: key, group: group)
                    try await body(site)
                } catch {
                    result = .failure(error)
                }
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            await store.close()
            try result.get()
        }
        #expect(log.errors == [])
    }

    /// What SIGTERM does.
    func shutDown() async { await group.triggerGracefulShutdown() }

    /// Declares projects; all of them are public but for those named `secret…`.
    @discardableResult
    func declare(_ projects: [Project], commit: String = "c0ffee0123") async throws -> [ProjectRecord] {
        try await store.applyConfig(
            DesiredState(projects: projects),
            revision: ConfigRevision(
                commit: commit, authorName: "Mona Octocat", committedAt: clock.now, message: "Declare projects"))
        var records: [ProjectRecord] = []
        for project in projects {
            let record = try #require(try await store.project(project.repository))
            try await store.setGitHubFacts(
                record.id, githubID: record.id, isPrivate: project.repository.name.hasPrefix("secret"),
                defaultBranch: "main")
            try await store.setCondition(
                record.id, ProjectCondition(status: .ready, since: clock.now), configCommit: record.configCommit)
            records.append(try #require(try await store.project(project.repository)))
        }
        return records
    }

    static func project(_ name: String, hooks: [String] = ["tests"]) throws -> Project {
        Project(
            repository: try repository(name), owner: "octocat",
            hooks: try hooks.map { id in
                Hook(
                    id: try hook(id), title: id.capitalized, image: "kozmic/debian:bookworm",
                    buildScript: "#!/bin/sh\nmake\n")
            }, file: "projects/\(name).yaml")
    }

    static func repository(_ name: String) throws -> RepositoryName { try #require(RepositoryName(name)) }
    static func hook(_ id: String) throws -> HookID { try #require(HookID(id)) }

    /// A build of the project's hooks.
    @discardableResult
    func build(
        _ project: ProjectRecord, _ message: String = "A change", commit: String? = nil,
        ref: GitRef = .branch("main"), author: String = "Mona Octocat", login: String? = nil,
        hooks: [String]? = nil, kind: TriggerEvent.Kind = .push, pullRequest: Int? = nil, trusted: Bool = true,
        isOffHead: Bool = false, skipped: [String] = []
    ) async throws -> BuildRecord {
        let event = TriggerEvent(
            kind: kind, ref: ref, commit: commit ?? Self.commit(message), message: message, authorName: author,
            authorLogin: login.flatMap { AccountName($0) }, sender: "octocat", pullRequest: pullRequest)
        let name = project.repository
        var chosen = project.config.hooks.filter { hooks?.contains($0.id.description) ?? true }
        if !trusted { for index in chosen.indices { chosen[index].settings.forkPullRequests = .always } }
        var build = NewBuild(
            projectID: project.id, event: event, hooks: chosen, trusted: trusted, configCommit: project.configCommit,
            pageURL: { number, _ in "http://ci.example.org/\(name)/builds/\(number)" })
        build.isOffHead = isOffHead
        build.skipped = project.config.hooks.filter { skipped.contains($0.id.description) }
            .map { SkippedHook($0, reason: "paths: none") }
        return try #require(try await store.createBuild(build))
    }

    /// Forty hexadecimal digits that depend on the text.
    static func commit(_ text: String) -> String {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(value, radix: 16)
        return String((digits + digits + digits + "0000000000").prefix(40))
    }

    /// Claims the next job, writes its log and ends it.
    ///
    /// - Parameter form: how its output ended.
    @discardableResult
    func run(
        _ outcome: JobOutcome = .success, log text: String = "", seconds: Double = 1, form: String? = nil
    ) async throws -> JobRecord {
        let job = try #require(try await store.claimNextJob()).job
        if !text.isEmpty { try await write(job.id, text) }
        clock.advance(seconds)
        try await store.finishJob(job.id, outcome, failureForm: form.map { Array($0.utf8) })
        return job
    }

    func write(_ job: Int64, _ text: String) async throws {
        let writer = try await store.logs.writer(job)
        try await writer.append(section: 2, source: 1, Array(text.utf8))
        try await writer.close()
    }
}

/// Keeps what is logged.
struct LogBook: LogHandler {
    private final class Lines: Sendable { let errors = Mutex<[String]>([]) }

    private let lines = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    var errors: [String] { lines.errors.withLock { $0 } }

    /// For a test that caused them.
    func forget() { lines.errors.withLock { $0 = [] } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard event.level >= .error else { return }
        lines.errors.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
    }
}
