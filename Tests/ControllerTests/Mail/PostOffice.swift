import Curl
import Foundation
import Git
import Logging
import Model
import Store
import Testing

@testable import Controller

/// A store with one project, a mail server, and the service between them.
struct PostOffice {
    let folder: String
    let server: MailServer
    let curl: CurlClient
    private(set) var store: Store
    var settings: MailSettings
    var patience: TimeInterval = Mailer.patience

    static func with(
        _ rules: MailRules = MailRules(to: ["team@example.org", MailRules.author]), login: MailServer.Login? = nil,
        _ body: (inout PostOffice) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-mail-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try await MailServer("\(folder)/mail", login: login)
        defer { server.stop() }
        let curl = CurlClient(CurlOptions(caFile: login?.certificate, usesEnvironmentProxy: false))
        let host = login == nil ? "127.0.0.1" : "localhost"
        var office = PostOffice(
            folder: folder, server: server, curl: curl, store: try await Store.open(dataDirectory: "\(folder)/data"),
            settings: MailSettings(
                url: "smtp://\(host):\(server.port)", from: try #require(MailAddress("ci@example.org")),
                user: login?.user, password: login?.password, requiresTLS: login != nil))
        let result: Result<Void, any Error>
        do {
            try await office.declare(rules)
            result = .success(try await body(&office))
        } catch {
            result = .failure(error)
        }
        await office.store.close()
        await curl.close()
        try result.get()
    }

    private func declare(_ rules: MailRules) async throws {
        var project = Project(
            repository: try #require(RepositoryName("acme/Widget")),
            hooks: [
                Hook(
                    id: try #require(HookID("tests")), triggers: Triggers(push: nil, pullRequest: nil), image: "debian",
                    buildScript: "#!/bin/sh\ntrue\n")
            ],
            file: "projects/widget.yaml")
        project.mail = rules
        let revision = ConfigRevision(
            commit: "config", authorName: "Mona", committedAt: Date(timeIntervalSince1970: 1), message: "Configure")
        try await store.applyConfig(DesiredState(projects: [project]), revision: revision)
    }

    /// A build that ends so, with a log.
    func build(
        _ outcome: JobOutcome, message: String = "Fix the flux", author: String? = "ada@example.org",
        branch: String = "main", log: String = "all went wrong\n", form: String? = nil
    ) async throws {
        let name = try #require(RepositoryName("acme/widget"))
        let project = try #require(try await store.project(name))
        let event = TriggerEvent(
            kind: .push, ref: .branch(branch), commit: UUID().uuidString, message: message, authorName: "Ada",
            authorEmail: author, sender: "ada")
        _ = try await store.createBuild(
            NewBuild(
                projectID: project.id, event: event, hooks: project.config.hooks, trusted: true, configCommit: "config",
                pageURL: { number, _ in "https://ci.example.org/\(number)" }))
        let job = try #require(try await store.claimNextJob()).job
        let writer = try await store.logs.writer(job.id)
        try await writer.append(section: 2, source: 1, Array(log.utf8))
        try await writer.close()
        try await store.finishJob(job.id, outcome, failureForm: form.map { Array($0.utf8) })
    }

    /// The service as it is after a start.
    func mailer(hasServer: Bool = true) throws -> Mailer {
        var logger = Logger(label: "mail")
        logger.logLevel = .critical
        var configuration = ControllerConfiguration(
            dataDirectory: "\(folder)/data", adminRepository: GitRemote(url: "\(folder)/config"), adminBranch: nil,
            externalURL: "https://ci.example.org", gitHubURL: folder, gitCredentials: .none, maximumJobs: 1,
            syncInterval: .seconds(60), secretKey: try #require(SecretKey(bytes: [UInt8](repeating: 7, count: 32))),
            instance: "test")
        configuration.mail = hasServer ? settings : nil
        return Mailer(
            configuration: configuration, store: store, client: curl, logger: logger,
            backoff: Backoff(first: .zero, longest: .zero), patience: patience)
    }

    /// One pass of the service.
    func pass() async throws { _ = try await mailer().pass() }

    /// What a kill and a new start do to the store.
    mutating func restart() async throws {
        await store.close()
        store = try await Store.open(dataDirectory: "\(folder)/data")
    }
}
