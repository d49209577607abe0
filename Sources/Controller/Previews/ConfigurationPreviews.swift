import Foundation
import Git
import GitHub
import Logging
import Model
import ServiceLifecycle
import Store
import Synchronization

/// Says on each pull request of the admin repository what it would do, before it is merged; and on the admin branch's
/// newest commit, whether it is applied.
///
/// Level driven: each pass compares what should be shown with what is. A pull request is planned again when it, the
/// admin branch, or what is known of the projects that it touches has changed, and once in a sync interval.
public struct ConfigurationPreviews: Service {
    private let repository: RepositoryName
    private let configuration: ControllerConfiguration
    private let store: Store
    private let client: GitHubClient
    private let maker: PreviewMaker
    private let publisher: PreviewPublisher
    private let logger: Logger
    private let shown = Shown()

    /// Open pull requests that are looked at; the newest ones.
    private static let mostPulls = 50

    /// - Parameters:
    ///   - repository: the admin repository.
    ///   - client: its token reads the admin repository and may write statuses and comments there.
    public init(
        repository: RepositoryName, configuration: ControllerConfiguration, store: Store, client: GitHubClient,
        logger: Logger
    ) {
        self.repository = repository
        self.configuration = configuration
        self.store = store
        self.client = client
        self.logger = logger
        maker = PreviewMaker(configuration: configuration, store: store, client: client)
        publisher = PreviewPublisher(repository: repository, client: client, logger: logger)
    }

    /// Runs until graceful shutdown.
    public func run() async throws {
        let failures = FailureCount()
        let topics: Set<ChangeSignal.Topic> = [.config, .adminRepository, .observations]
        await PassLoop(topics: topics, interval: configuration.syncInterval, changes: store.changes).run {
            // A first synchronisation has something new every moment; it is enough to look once in a while.
            if let wait = shown.pause(of: .seconds(1)) { return wait }
            defer { shown.notePass() }
            do {
                let isComplete = try await pass()
                if isComplete { failures.reset() }
                return isComplete ? nil : Backoff().delay(after: failures.next())
            } catch {
                let count = failures.next()
                if count == 1, !(error is CancellationError) {
                    logger.warning("the pull requests of \(repository) cannot be planned: \(error)")
                }
                return Backoff().delay(after: count)
            }
        }
    }

    /// One look. Answers whether everything could be told.
    func pass() async throws -> Bool {
        guard let revision = try await store.latestConfigRevision() else { return true }
        var isComplete = try await showBranch(revision)
        let branch = try await adminBranch()
        let pulls = try await client.pulls("\(repository)").filter { $0.base.ref == branch }.prefix(Self.mostPulls)
        shown.keep(Set(pulls.map(\.number)))
        for pull in pulls {
            do {
                if try await !show(pull, revision, branch) { isComplete = false }
            } catch let error as GitHubError where error.isAboutOneThing {
                logger.warning("pull request #\(pull.number) of \(repository): \(error)")
                isComplete = false
            } catch let error as GitError where error.kind == .notFound {
                // It moved on since GitHub listed it.
                isComplete = false
            }
        }
        return isComplete
    }

    private func showBranch(_ revision: ConfigRevision) async throws -> Bool {
        guard shown.branch != revision else { return true }
        do {
            try await AdminBranchStatus(publisher: publisher, externalURL: configuration.externalURL)
                .show(revision, projects: try await store.activeProjects().count)
        } catch let error as GitHubError where error.isAboutOneThing {
            logger.warning("\(repository) takes no status for \(revision.commit.prefix(12)): \(error)")
            return false
        }
        shown.noteBranch(revision)
        return true
    }

    private func show(
        _ pull: GitHubPullRequest, _ revision: ConfigRevision, _ branch: String
    ) async throws -> Bool {
        let state = Shown.State(
            head: pull.head.sha, base: revision.commit, isApplied: revision.appliedAt != nil, branch: branch)
        let last = shown.last(pull.number)
        let isDue = last.map { $0.at + configuration.syncInterval <= .now } ?? true
        if let last, !isDue, last.isComplete, last.state == state,
            last.observed == (try await store.observationTimes(last.touched))
        {
            return true
        }
        let preview = try await maker.preview(pull, onto: revision)
        let comment = PreviewComment(
            preview: preview, repositoryURL: "\(configuration.gitHubURL)/\(repository)", branch: branch)
        try await publisher.publish(
            pull.number, preview, body: comment.body, looksAgain: isDue,
            fallbackURL: "\(configuration.externalURL)/_sync")
        shown.note(
            pull.number,
            Shown.Entry(
                state: state, touched: preview.touched, observed: preview.observed,
                isComplete: !preview.isIncomplete, at: .now))
        return !preview.isIncomplete
    }

    private func adminBranch() async throws(GitHubError) -> String {
        if let branch = configuration.adminBranch { return branch }
        return try await client.repository("\(repository)").defaultBranch
    }
}

/// What each pull request was planned from when it was last told.
private final class Shown: Sendable {
    struct State: Equatable {
        var head: String
        var base: String
        var isApplied: Bool
        var branch: String
    }

    struct Entry {
        var state: State
        var touched: [Int64]
        var observed: [Int64: Date]
        var isComplete: Bool
        var at: ContinuousClock.Instant
    }

    private let entries = Mutex<[Int: Entry]>([:])
    private let told = Mutex<(branch: ConfigRevision?, pass: ContinuousClock.Instant?)>((nil, nil))

    /// The revision that the admin branch's status was set for.
    var branch: ConfigRevision? { told.withLock { $0.branch } }

    func noteBranch(_ revision: ConfigRevision) { told.withLock { $0.branch = revision } }

    func notePass() { told.withLock { $0.pass = .now } }

    /// What is left of the time that passes keep apart.
    func pause(of time: Duration) -> Duration? {
        guard let last = told.withLock({ $0.pass }), last + time > .now else { return nil }
        return last + time - .now
    }

    func last(_ number: Int) -> Entry? { entries.withLock { $0[number] } }

    func note(_ number: Int, _ entry: Entry) { entries.withLock { $0[number] = entry } }

    func keep(_ numbers: Set<Int>) { entries.withLock { $0 = $0.filter { numbers.contains($0.key) } } }
}
