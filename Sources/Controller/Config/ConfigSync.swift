import Config
import Foundation
import Git
import Logging
import Model
import ServiceLifecycle
import Store

/// Admin repository → desired state: fetches, reads the newest commit, and puts what is valid into the store.
///
/// Whatever is wrong (unreachable, empty, broken) leaves the last good state as it is and is recorded for the pages.
public struct ConfigSync: Service {
    private let configuration: ControllerConfiguration
    private let store: Store
    /// Shared with whoever else reads the admin repository.
    let mirror: GitMirror
    private let rightOfWay: RightOfWay
    private let logger: Logger
    private let startedAt = Date()

    /// - Parameter logger: gets a line for each new revision and for each problem.
    public init(configuration: ControllerConfiguration, store: Store, logger: Logger) {
        self.init(configuration: configuration, store: store, rightOfWay: RightOfWay(), logger: logger)
    }

    /// - Parameter rightOfWay: taken while there may be something new.
    init(configuration: ControllerConfiguration, store: Store, rightOfWay: RightOfWay, logger: Logger) {
        self.configuration = configuration
        self.store = store
        self.rightOfWay = rightOfWay
        self.logger = logger
        mirror = GitMirror(
            path: configuration.dataDirectory + "/mirrors/admin.git", remote: configuration.adminRepository)
    }

    /// Runs until graceful shutdown.
    public func run() async throws {
        let failures = FailureCount()
        await PassLoop(topics: [.adminRepository], interval: configuration.syncInterval, changes: store.changes).run {
            if await pass() {
                failures.reset()
                return nil
            }
            return Backoff().delay(after: failures.next())
        }
    }

    /// One look at the admin repository. Answers whether it could be read.
    func pass() async -> Bool {
        rightOfWay.enter()
        defer { rightOfWay.leave() }
        do {
            let commit = try await newestCommit()
            let latest = try await store.latestConfigRevision()
            if let latest, latest.commit == commit.id, latest.appliedAt != nil {
                if latest.readAt < startedAt { try await readAgain(commit, latest) }
            } else {
                try await apply(commit)
            }
            if try await store.configProblem() != nil { try await store.noteConfigProblem(nil) }
            return true
        } catch {
            await record(problem: error)
            return false
        }
    }

    private func newestCommit() async throws -> GitCommit {
        try await mirror.fetch(refspecs: ["+refs/heads/*:refs/heads/*"], timeout: .seconds(300))
        // The fetch has seen which branch is the default; the remote is asked again only to say what is missing.
        if configuration.adminBranch == nil, let head = try await mirror.resolve("HEAD") {
            return try await mirror.commit(head)
        }
        let branch = try await branchReference()
        guard let id = try await mirror.resolve(branch) else {
            let name = branch.replacing("refs/heads/", with: "")
            throw Problem(
                description: configuration.adminBranch == nil
                    ? "the admin repository has no commits yet; push one to \(name)"
                    : "the admin repository has no branch '\(name)'; push it, or set --config-branch")
        }
        return try await mirror.commit(id)
    }

    private func branchReference() async throws -> String {
        if let branch = configuration.adminBranch { return "refs/heads/\(branch)" }
        let head = try await mirror.remoteReferences(timeout: .seconds(60)).first { $0.name == "HEAD" }
        return head?.symbolicTarget ?? "refs/heads/main"
    }

    private func apply(_ commit: GitCommit) async throws {
        let gate = try await RevisionGate(mirror, store)
        if let reason = try await gate.signatureRefusal(of: commit.id) { return try await hold(commit, reason) }
        let result = try await read(commit)
        if let reason = try await gate.removalRefusal(of: result.desired, heads: [commit.id]) {
            return try await hold(commit, reason, result.diagnostics)
        }
        try await apply(result, of: commit, gate)
    }

    /// An earlier start read it, with other keys perhaps, or as another version of this program: what it could not read
    /// may be readable now, and the other way round. Who signed it was decided when it was applied.
    private func readAgain(_ commit: GitCommit, _ latest: ConfigRevision) async throws {
        let result = try await read(commit)
        var revision = try ConfigRevision(commit, result.diagnostics)
        if revision.diagnosticsJSON != latest.diagnosticsJSON {
            return try await apply(result, of: commit, try await RevisionGate(mirror, store))
        }
        revision.appliedAt = latest.appliedAt
        try await store.saveRevision(revision)
    }

    private func apply(_ result: ConfigResult, of commit: GitCommit, _ gate: RevisionGate) async throws {
        var revision = try ConfigRevision(commit, result.diagnostics)
        revision.appliedAt = Date()
        var desired = result.desired
        let agreed = try await gate.agreements(desired, heads: [commit.id])
        desired.server.agreedRemovals = agreed
        try await store.applyConfig(desired, revision: revision)
        // Nothing else of them changed, so nobody would look before the next full pass.
        for project in try await store.activeProjects() {
            let key = project.repository.key
            guard let counts = agreed?[key], counts != gate.settings?.agreedRemovals?[key] else { continue }
            try await store.wantSync(project.id)
        }
        logger.info(
            "admin repository applied",
            metadata: [
                "commit": "\(commit.id)", "projects": "\(result.desired.projects.count)",
                "errors": "\(result.diagnostics.count { $0.severity == .error })",
            ])
        for diagnostic in result.diagnostics where diagnostic.severity == .error { logger.warning("\(diagnostic)") }
    }

    /// Each sealed secret is opened once, so that one that no job could use is told at its line.
    private func read(_ commit: GitCommit) async throws -> ConfigResult {
        let source = try await AdminTree.read(mirror, commit: commit.id)
        var result = ConfigReader.read(source).refusing(secretsBeyond: try configuration.openingKeys())
        result.diagnostics = source.quoting(result.diagnostics)
        return result
    }

    /// What is applied stays. The reason is kept with the commit, and said once.
    private func hold(_ commit: GitCommit, _ reason: String, _ diagnostics: [Diagnostic] = []) async throws {
        let sentence = "the commit \(commit.id.prefix(12)) is held: \(reason)"
        var revision = try ConfigRevision(commit, diagnostics)
        revision.error = sentence
        let latest = try await store.latestConfigRevision()
        guard
            latest?.commit != commit.id || latest?.appliedAt != nil || latest?.error != sentence
                || latest?.diagnosticsJSON != revision.diagnosticsJSON
        else { return }
        try await store.saveRevision(revision)
        logger.warning("\(sentence)")
    }

    private func record(problem: any Error) async {
        guard !(problem is CancellationError) else { return }
        logger.warning("the admin repository cannot be read: \(problem)")
        do {
            try await store.noteConfigProblem("\(problem)")
        } catch {
            logger.error("the problem could not be stored: \(error)")
        }
    }

    private struct Problem: Error, CustomStringConvertible { var description: String }
}

extension ConfigRevision {
    /// The record of a commit that was read now.
    init(_ commit: GitCommit, _ diagnostics: [Diagnostic]) throws {
        let encoder = JSONEncoder()
        // Equal diagnostics are equal texts.
        encoder.outputFormatting = [.sortedKeys]
        self.init(
            commit: commit.id, authorName: commit.author.name, committedAt: commit.committer.date,
            message: commit.message, readAt: Date(), appliedAt: nil,
            diagnosticsJSON: String(decoding: try encoder.encode(diagnostics), as: UTF8.self), error: nil)
    }
}

extension ConfigResult {
    /// The same without the projects with a sealed secret that these keys do not open.
    func refusing(secretsBeyond keys: OpeningKeys) -> ConfigResult {
        refusing { secret in
            do throws(SealedSecretProblem) {
                _ = try keys.open(secret.sealed, for: secret.repository, name: secret.name)
                return nil
            } catch {
                return "the secret \(secret.name) cannot be opened: \(error)"
            }
        }
    }
}
