import Foundation
import Model

/// A row of `schedule`: when a hook was last due.
public struct ScheduleRecord: Sendable, Hashable {
    /// The project.
    public var projectID: Int64
    /// The hook.
    public var hook: HookID
    /// The hook's `on.schedule`.
    public var cron: String
    /// The last due time that a build was made for; for a schedule that is new, when it was first seen.
    public var lastDueAt: Date

    /// Memberwise.
    public init(projectID: Int64, hook: HookID, cron: String, lastDueAt: Date) {
        self.projectID = projectID
        self.hook = hook
        self.cron = cron
        self.lastDueAt = lastDueAt
    }
}
