import Foundation
import Model
import Reconciler
import Store

/// What is known of a project before GitHub is asked.
struct ProjectMemory: Sendable {
    /// GitHub's number of the repository, which stays when it is renamed.
    var githubID: Int64?
    /// The hashes of the secrets that we gave to webhooks, by GitHub's number; `nil` when nothing was ever recorded.
    var webhooks: [Int64: String]?
    /// The deploy key whose private half we hold.
    var deployKey: DeployKeyIdentity?
    /// What GitHub agreed with at the last pass.
    var baseline: Baseline?

    /// Nothing: the store cannot be read. What on GitHub looks like ours is then taken for ours.
    static let none = ProjectMemory()

    /// The store knows no such project yet.
    static let empty = ProjectMemory(webhooks: [:])

    private init(webhooks: [Int64: String]? = nil) { self.webhooks = webhooks }

    /// - Parameter deployKey: whether the record's key can be used.
    init(_ record: ReconcileRecord, deployKey isUsable: (DeployKeyRecord) -> DeployKeyIdentity?) {
        githubID = record.project.githubID
        webhooks = Dictionary(record.webhooks.map { ($0.githubID, $0.secretFingerprint) }) { first, _ in first }
        deployKey = record.deployKey.flatMap(isUsable)
        // One of an older version, which cannot be read, is like none: nothing is taken for drift.
        baseline = record.baseline.flatMap { try? JSONDecoder().decode(Baseline.self, from: Data($0.utf8)) }
    }
}
