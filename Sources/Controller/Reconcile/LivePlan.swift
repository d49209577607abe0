import GitHub
import Model
import Reconciler
import Store

/// Plans for a whole desired state against GitHub as it is now; changes nothing.
public struct LivePlan: Sendable {
    /// What there is to say about one project.
    public struct Entry: Sendable {
        /// The project's repository.
        public var repository: RepositoryName
        /// What would be done; `nil` when GitHub could not be compared.
        public var plan: Plan?
        /// The operations that nobody asked for.
        public var drift: Set<Reconciler.Operation> = []
        /// Those of them that are only reported.
        public var reported: Set<Reconciler.Operation> = []
        /// Lists of GitHub that the plan needs and that nobody looked at yet; they are taken to be empty.
        public var missing: ObservedRepository.Lists = []
        /// Why there is no plan.
        public var error: String?

        /// What would be done.
        public var pending: [Reconciler.Operation] {
            (plan?.operations ?? []).filter { !reported.contains($0) }
        }

        /// Whether something differs, also if that is only reported.
        public var hasDifferences: Bool { plan?.operations.isEmpty == false }

        /// The lines of the project's file with which the drift would be what is declared.
        ///
        /// - Parameter project: as it is declared.
        public func adoption(_ project: Project) -> Adoption {
            let operations = (plan?.operations ?? []).filter(drift.contains)
            return Adoption(project, operations.flatMap(\.differences).map(Adoption.Difference.init))
        }

        /// Whether something keeps the project from being as declared.
        public var hasErrors: Bool { error != nil || plan?.problems.isEmpty == false }
    }

    private let surveyor: Surveyor
    private let records: [RepositoryName: ReconcileRecord]
    /// `nil` when the server's memory or its key is not at hand.
    private let foresight: DeployKeyForesight?

    /// - Parameters:
    ///   - secretKey: the server's, to see which webhooks carry an older secret, and which deploy keys are replaced;
    ///     without it all are taken to be right.
    ///   - oldSecretKeys: former ones of the server.
    ///   - records: what the server remembers (`Store.peek`); without it what looks like ours on GitHub is taken for
    ///     ours, and nothing is known to be drift.
    public init(
        client: GitHubClient, externalURL: String, secretKey: SecretKey?, oldSecretKeys: [SecretKey] = [],
        records: [ReconcileRecord]?
    ) {
        let isKnown = records != nil && secretKey != nil
        surveyor = Surveyor(client: client, externalURL: externalURL, secretKey: isKnown ? secretKey : nil)
        foresight = (isKnown ? secretKey : nil).map {
            DeployKeyForesight(secretKey: $0, oldSecretKeys: oldSecretKeys, server: externalURL)
        }
        let known = (isKnown ? records ?? [] : []).map { ($0.project.repository, $0) }
        self.records = Dictionary(known) { first, _ in first }
    }

    /// The plans of all declared projects and of those that would no longer be, by name.
    public func entries(_ desired: DesiredState) async -> [Entry] {
        var projects = desired.projects.map { (project: $0, isActive: true) }
        let declared = Set(desired.projects.map(\.repository)).union(desired.broken)
        if !desired.hasUnreadableFile {
            let gone = records.values.filter { record in
                !declared.contains(record.project.repository) && !(record.webhooks.isEmpty && record.deployKeys.isEmpty)
            }
            projects += gone.map { (project: $0.project.config, isActive: false) }
        }
        let wanted = Dictionary(desired.projects.map { ($0.repository.key, $0) }) { first, _ in first }
        return await withTaskGroup(of: Entry.self) { group in
            var entries: [Entry] = []
            for (position, next) in projects.enumerated() {
                if position >= 4, let entry = await group.next() { entries.append(entry) }
                group.addTask { await entry(next.project, isActive: next.isActive, wanted) }
            }
            for await entry in group { entries.append(entry) }
            Self.leaveToNewNames(&entries, declared)
            return entries.sorted { $0.repository < $1.repository }
        }
    }

    /// What the old name of a repository would remove, and its new name, which is declared, changes in place or removes
    /// itself, is only the new name's.
    static func leaveToNewNames(_ entries: inout [Entry], _ declared: Set<RepositoryName>) {
        func things(_ entry: Entry) -> [Thing] {
            (entry.plan?.operations ?? []).compactMap { operation in
                operation.change.id.map { Thing(part: operation.part, id: $0) }
            }
        }
        let taken = Set(entries.filter { declared.contains($0.repository) }.flatMap(things))
        for index in entries.indices where !declared.contains(entries[index].repository) {
            entries[index].plan?.operations.removeAll { operation in
                operation.change.id.map { taken.contains(Thing(part: operation.part, id: $0)) } ?? false
            }
        }
    }

    /// GitHub numbers things of one kind.
    private struct Thing: Hashable {
        var part: Reconciler.Operation.Part
        var id: Int64
    }

    /// - Parameter declared: all declared projects by key.
    private func entry(_ project: Project, isActive: Bool, _ declared: [String: Project]) async -> Entry {
        var entry = Entry(repository: project.repository)
        do {
            let survey = try await surveyor.survey(project, isActive: isActive, memory(project.repository))
            entry.plan = survey.plan
            if !isActive, let other = RepositoryName(survey.facts.fullName).flatMap({ declared[$0.key] }),
                DesiredDeployKey.isWanted(other.deployKey, isPrivate: survey.facts.isPrivate)
            {
                // They are made from the repository's number, so they are the new name's.
                entry.plan?.operations.removeAll { $0.part == .deployKey }
            }
            entry.drift = Set(survey.drift)
            entry.reported = isActive ? entry.drift.filter(project.reports) : []
        } catch let error as GitHubError {
            entry.error = ReconcileProblem(error, repository: project.repository).reason
        } catch {
            entry.error = (error as? ReconcileProblem)?.reason ?? "\(error)"
        }
        return entry
    }

    private func memory(_ repository: RepositoryName) -> ProjectMemory {
        guard let foresight else { return .none }
        return records[repository].map(foresight.memory) ?? .empty
    }
}
