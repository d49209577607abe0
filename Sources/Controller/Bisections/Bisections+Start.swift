import Git
import Model
import Store

extension Bisections {
    /// What a bisection of a failed job would search, as far as the mirror knows it.
    public struct Prospect: Sendable, Hashable {
        /// The number of the build that passed.
        public var goodBuild: Int
        /// The commit that passed.
        public var good: String
        /// How many commits may have done it, the failed one among them.
        public var commits: Int
    }

    /// Begins the bisection of a failed attempt, or finds the one that it has. GitHub is asked only when the mirror lacks
    /// the commit.
    ///
    /// Whether the sender may is the caller's to know.
    ///
    /// - Returns: the bisection, and whether it is new.
    /// - Throws: `BisectionProblem`, `StoreError`, `CancellationError`.
    public func start(
        _ job: JobRecord, of build: BuildRecord, in project: ProjectRecord, by login: String
    ) async throws -> (report: BisectionReport, isNew: Bool) {
        throw BisectionProblem(.unavailable, "Not yet.", wayOut: "")
    }

    /// `nil` when none can be begun. Asks nobody but the mirror.
    public func prospect(
        _ job: JobRecord, of build: BuildRecord, in project: ProjectRecord
    ) async throws -> Prospect? { nil }
}
