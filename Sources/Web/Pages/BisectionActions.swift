import Model
import Store

/// What this server can do about commits that broke a job.
public struct BisectionActions: Sendable {
    /// A job that failed, with its build and project.
    public struct Subject: Sendable {
        /// The attempt.
        public var job: JobRecord
        /// Its build.
        public var build: BuildRecord
        /// Its project.
        public var project: ProjectRecord
    }

    /// What would be searched.
    public struct Prospect: Sendable, Hashable {
        /// The number of the build that passed.
        public var goodBuild: Int
        /// The commit that passed.
        public var good: String
        /// How many commits may have done it.
        public var commits: Int

        /// Memberwise.
        public init(goodBuild: Int, good: String, commits: Int) {
            self.goodBuild = goodBuild
            self.good = good
            self.commits = commits
        }
    }

    /// What a search would be about, as far as that is known without asking anybody; `nil` when none can be begun.
    var prospect: @Sendable (Subject) async throws -> Prospect?
    /// Begins the search for the person of that login, who may, or finds the one that the attempt has; answers whether it is
    /// new. Throws `BisectionProblem` for what keeps it from that.
    var start: @Sendable (Subject, String) async throws -> (report: BisectionReport, isNew: Bool)

    /// - Parameters:
    ///   - prospect: asked for each page of such a job that a manager looks at; `nil` when no search can be begun.
    ///   - start: begins a search for the person of that login, or finds the one that the attempt has. Throws
    ///     `BisectionProblem`.
    public init(
        prospect: @escaping @Sendable (Subject) async throws -> Prospect?,
        start: @escaping @Sendable (Subject, String) async throws -> (report: BisectionReport, isNew: Bool)
    ) {
        self.prospect = prospect
        self.start = start
    }
}
