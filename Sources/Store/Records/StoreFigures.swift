import Foundation
import Model

/// What the store holds at one moment, in numbers, and what came to an end since the last look.
public struct StoreFigures: Sendable, Hashable {
    /// How many wait, and since when the first of them does.
    public struct Queue: Sendable, Hashable {
        /// How many.
        public var count = 0
        /// When the first of them came; `nil` when none waits.
        public var oldest: Date?
    }

    /// A job that ended.
    public struct EndedJob: Sendable, Hashable {
        /// How it ended.
        public var state: JobState
        /// Seconds in the queue; `nil` for a job that never started.
        public var waited: TimeInterval?
        /// Seconds from its start to its end; `nil` for a job that never started.
        public var took: TimeInterval?
        /// Whether its cached image was there; `nil` when it never got that far.
        public var isCacheReused: Bool?
    }

    /// What became of a delivery.
    public enum EndedDelivery: String, Sendable, Hashable, CaseIterable {
        /// It made a build, or wanted one that was there.
        case build
        /// It asked for nothing.
        case nothing
        /// It could not be understood.
        case failed
    }

    /// Jobs that wait for a slot.
    public var queuedJobs = Queue()
    /// Jobs that have one.
    public var runningJobs = 0
    /// Deliveries that wait for a decision.
    public var waitingDeliveries = Queue()
    /// Commit statuses that GitHub has not taken.
    public var waitingStatuses = 0
    /// Declared projects by condition.
    public var projects: [ProjectCondition.Status: Int] = [:]
    /// Differences from what is declared that nobody asked for.
    public var openDrift = 0
    /// Projects whose file has errors, so that what was declared before holds.
    public var keptProjects = 0
    /// Files with errors in the newest revision of the admin repository.
    public var brokenFiles = 0
    /// Whether that revision is held: it was read, and is not applied.
    public var isRevisionHeld = false
    /// Jobs that ended since the last look.
    public var endedJobs: [EndedJob] = []
    /// Deliveries that came since then.
    public var receivedDeliveries = 0
    /// Deliveries that were decided since then.
    public var endedDeliveries: [EndedDelivery: Int] = [:]

    /// Nothing.
    public init() {}
}

/// How far somebody has counted.
public struct FiguresCursor: Sendable, Hashable {
    var job: Int64
    var openJobs: [Int64]
    var delivery: Int64
    var openDeliveries: [Int64]
}
