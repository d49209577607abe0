import Foundation
import Model

/// The jobs whose output ended as that of a job that failed.
public struct SimilarFailures: Sendable, Hashable {
    /// One of them: the last attempt that ended so.
    public struct Job: Sendable, Hashable {
        /// Its build.
        public var build: Int
        /// Its hook.
        public var hook: HookID
        /// From 1.
        public var attempt: Int
        /// The build's ref.
        public var ref: GitRef
        /// When it ended.
        public var endedAt: Date

        /// `#12`, with its hook where that is not the one that is told of; for people.
        public func name(beside hook: HookID) -> String { hook == self.hook ? "#\(build)" : "#\(build) \(self.hook)" }
    }

    /// More attempts than these, the newest ones, are not looked at.
    public static let mostCounted = 1_000
    /// So many are named.
    public static let mostNamed = 5

    /// How many jobs there are.
    public var count: Int
    /// Whether there may be more, before those that were looked at.
    public var hasMore: Bool
    /// When the first one of them ended; `nil` when there are none, or there may be more before it.
    public var firstAt: Date?
    /// The newest ones, these first.
    public var latest: [Job]
    /// The newest one on the default branch in an earlier build than the job's own.
    public var onDefaultBranch: Job?

    /// Whether there are others than those that are named.
    public var isLong: Bool { hasMore || count > latest.count }

    /// Whether there is one.
    public var isAlone: Bool { count == 1 && !hasMore }

    /// Tells how many there are, without a stop; for people.
    public var opening: String {
        isAlone
            ? "The log of another job ended like this"
            : "The logs of \(count)\(hasMore ? " or more" : "") other jobs ended like this"
    }

    /// What to make of the one on the default branch, if there is one; for people.
    public var hint: String? {
        onDefaultBranch.map { job in
            "It was so on \(job.ref.shortName) before this build, in #\(job.build), so it may not be this change."
        }
    }
}
