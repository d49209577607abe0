import Foundation
import Model
import Reconciler
import Store

/// Plans for a whole desired state against what is remembered of GitHub, without asking it. Pure, and quick: only what
/// differs from the configuration that is applied is planned.
public struct StoredPlan: Sendable {
    private let comparison: Comparison
    private let records: [RepositoryName: ReconcileRecord]
    private let foresight: DeployKeyForesight

    /// - Parameters:
    ///   - records: what the server remembers of all projects.
    ///   - secretKey: the server's, to see which webhooks carry an older secret, and which deploy keys are replaced.
    ///   - oldSecretKeys: former ones of the server.
    public init(
        records: [ReconcileRecord], externalURL: String, secretKey: SecretKey, oldSecretKeys: [SecretKey] = []
    ) {
        comparison = Comparison(externalURL: externalURL, secretKey: secretKey)
        self.records = Dictionary(records.map { ($0.project.repository, $0) }) { first, _ in first }
        foresight = DeployKeyForesight(secretKey: secretKey, oldSecretKeys: oldSecretKeys, server: externalURL)
    }

    /// The plans of the projects that a desired state changes, adds or takes away, by name. Of one that was never looked
    /// at, GitHub is taken to have nothing.
    public func entries(_ desired: DesiredState) -> [LivePlan.Entry] {
        var entries: [LivePlan.Entry] = []
        let removed = removed(by: desired)
        let renamed = Dictionary(removed.compactMap { record in Self.newName(record).map { ($0.key, record) } }) {
            first, _ in first
        }
        let declared = Dictionary(desired.projects.map { ($0.repository.key, $0) }) { first, _ in first }
        for project in desired.projects {
            let record = records[project.repository]
            if let record, record.project.isActive, record.project.config == project { continue }
            let former = record == nil ? renamed[project.repository.key] : nil
            entries.append(entry(project, record, isActive: true, former: former))
        }
        for record in removed {
            var entry = entry(record.project.config, record, isActive: false)
            if let project = Self.newName(record).flatMap({ declared[$0.key] }),
                DesiredDeployKey.isWanted(project.deployKey, isPrivate: record.project.isPrivate)
            {
                // They are made from the repository's number, so they are the new name's.
                entry.plan?.operations.removeAll { $0.part == .deployKey }
            }
            entries.append(entry)
        }
        LivePlan.leaveToNewNames(&entries, Set(desired.projects.map(\.repository)))
        return entries.sorted { $0.repository < $1.repository }
    }

    /// The plan of one project as it is applied now: what a pass would do if it came at this moment.
    public func entry(_ record: ReconcileRecord) -> LivePlan.Entry {
        entry(record.project.config, record, isActive: record.project.isActive)
    }

    /// The active projects that a desired state does not declare, by name.
    func removed(by desired: DesiredState) -> [ReconcileRecord] {
        guard !desired.hasUnreadableFile else { return [] }
        let kept = Set(desired.projects.map(\.repository)).union(desired.broken)
        return records.values.filter { $0.project.isActive && !kept.contains($0.project.repository) }
            .sorted { $0.project.repository < $1.project.repository }
    }

    /// What GitHub called a project at the last look, when that is not the declared name.
    private static func newName(_ record: ReconcileRecord) -> RepositoryName? {
        let name = observation(record.observation).flatMap { RepositoryName($0.fullName) }
        return name?.key == record.project.repository.key ? nil : name
    }

    /// - Parameter former: the same repository under its former name, whose webhooks and keys the project takes over.
    private func entry(
        _ project: Project, _ record: ReconcileRecord?, isActive: Bool, former: ReconcileRecord? = nil
    ) -> LivePlan.Entry {
        var entry = LivePlan.Entry(repository: project.repository)
        let memory = record.map(foresight.memory) ?? .empty
        let desired = comparison.desired(project, isActive: isActive, memory)
        let known = Self.observation((record ?? former)?.observation)
        let seen = known ?? ObservedRepository(fullName: "\(project.repository)", isPrivate: false)
        entry.missing =
            known == nil
            ? .all
            : desired.lists(isPrivate: seen.isPrivate, isOrganization: seen.isOrganization).subtracting(seen.lists)
        let compared = comparison.compare(
            desired, seen, isActive: isActive, memory, repositoryID: former?.project.githubID)
        entry.plan = compared.plan
        entry.drift = Set(compared.drift)
        entry.reported = isActive ? entry.drift.filter(project.reports) : []
        return entry
    }

    /// What is remembered of GitHub; one of an older version, which cannot be read, is like none.
    static func observation(_ text: String?) -> ObservedRepository? {
        text.flatMap { try? JSONDecoder().decode(ObservedRepository.self, from: Data($0.utf8)) }
    }
}
