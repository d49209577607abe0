import Foundation
import GitHub
import Logging
import Model
import Reconciler
import Store

/// One look at the admin repository and one pass over all projects, for a program that then ends.
public struct OneSync: Sendable {
    /// What became of one project.
    public struct Entry: Sendable {
        /// The project's repository.
        public var repository: RepositoryName
        /// What was done.
        public var operations: [Reconciler.Operation] = []
        /// Differences that nobody asked for, which are only reported.
        public var reportedDrift: [Reconciler.Operation] = []
        /// How it stands now.
        public var condition: ProjectCondition
    }

    /// The admin repository could not be read or applied.
    public struct Problem: Error, CustomStringConvertible {
        /// One sentence.
        public var description: String
    }

    private let configuration: ControllerConfiguration
    private let store: Store
    private let sync: ConfigSync
    private let reconciler: ProjectReconciler
    private let requests: RequestFolder

    /// - Parameter client: a client with the token that administers the projects.
    public init(configuration: ControllerConfiguration, store: Store, client: GitHubClient, logger: Logger) {
        self.configuration = configuration
        self.store = store
        sync = ConfigSync(configuration: configuration, store: store, logger: logger)
        reconciler = ProjectReconciler(configuration: configuration, store: store, client: client)
        requests = RequestFolder(configuration: configuration, store: store, logger: logger)
    }

    /// - Throws: `Problem`, or the store's errors. Trouble with one project is in its entry.
    public func run() async throws -> [Entry] {
        guard await sync.pass() else {
            throw Problem(
                description: try await store.configProblem()?.message ?? "the admin repository cannot be read")
        }
        await requests.pass()
        var entries: [Entry] = []
        for project in try await store.activeProjects() + store.projectsToCleanUp() {
            var entry = Entry(
                repository: project.repository, condition: ProjectCondition(status: .ready, reason: nil))
            do {
                let result = try await reconciler.reconcile(project)
                entry.operations = result.operations
                entry.reportedDrift = result.reportedDrift
                entry.condition = result.condition
            } catch let problem as ReconcileProblem {
                entry.condition = ProjectCondition(
                    status: problem.isStalled ? .stalled : .reconciling, reason: problem.reason)
            }
            try await store.setCondition(project.id, entry.condition, configCommit: project.configCommit)
            entries.append(entry)
        }
        return entries
    }
}
