import Foundation

/// What is remembered of a project's things on GitHub.
public struct ReconcileRecord: Sendable {
    /// The project.
    public var project: ProjectRecord
    /// The webhooks that we made.
    public var webhooks: [WebhookRecord]
    /// The deploy keys that we made and did not delete yet, the oldest first.
    public var deployKeys: [DeployKeyRecord]
    /// Which secret each purpose is at.
    public var generations: SecretGenerations
    /// What GitHub agreed with at the end of the last pass: JSON that only the reconciler understands.
    public var baseline: String?
    /// The address for git over SSH, as GitHub told it.
    public var sshURL: String?
    /// What GitHub had when somebody looked last, or as the last write there left it: JSON that only the reconciler
    /// understands.
    public var observation: String?
    /// When GitHub was first seen like that.
    public var observedAt: Date?
    /// Whether it has differences that nobody asked for, of which an earlier pass knew.
    public var hasOpenDrift: Bool

    /// The deploy key that git uses.
    public var deployKey: DeployKeyRecord? { deployKeys.first { $0.role == .current } }
}
