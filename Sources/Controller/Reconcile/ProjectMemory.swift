import Model
import Reconciler
import Store

/// What is known of a project before GitHub is asked.
struct ProjectMemory: Sendable {
    /// GitHub's number of the repository, which stays when it is renamed.
    var githubID: Int64?
    /// The hashes of the secrets that we gave to webhooks, by GitHub's number; `nil` when nothing was ever recorded.
    var webhooks: [Int64: String]?
    /// The deploy keys.
    var deployKeys = DeployKeyMemory()
    /// Which secret each webhook is at.
    var generations = SecretGenerations()
    /// What GitHub had at the last look, as it is stored: few need to read it.
    private var observed: String?
    /// What GitHub agreed with at the last pass.
    var baseline: Baseline?

    /// Nothing: the store cannot be read. What on GitHub looks like ours is then taken for ours.
    static let none = ProjectMemory()

    /// The store knows no such project yet.
    static let empty = ProjectMemory(webhooks: [:])

    private init(webhooks: [Int64: String]? = nil) { self.webhooks = webhooks }

    /// - Parameters:
    ///   - access: whether a deploy key can be opened.
    ///   - baselines: what is known of stored baselines; `nil` for whoever looks once.
    init(
        _ record: ReconcileRecord, baselines: KnownBaselines? = nil,
        access: (DeployKeyRecord) -> DeployKeyVault.Access
    ) {
        githubID = record.project.githubID
        webhooks = Dictionary(
            record.webhooks.map { ($0.githubID, $0.refusedAt == nil ? $0.secretFingerprint : Self.refused) }
        ) { first, _ in first }
        deployKeys = DeployKeyMemory(record, access: access)
        generations = record.generations
        observed = record.observation
        baseline =
            baselines.map { $0.read(record.baseline, of: record.project.id) }
            ?? record.baseline.flatMap(KnownBaselines.read)
    }

    /// What GitHub had at the last look.
    var observation: ObservedRepository? { StoredPlan.observation(observed) }

    /// Whether the project is new, or the database was lost: a webhook at our address is then taken to be as we made it,
    /// because GitHub shows no secret and a needless write is one too many. A wrong guess ends with the first delivery
    /// that is refused (`WebhookRecord.refusedAt`).
    var isFresh: Bool { webhooks?.isEmpty != false && baseline == nil }

    /// Stands for a secret that is not ours.
    private static let refused = "another"
}
