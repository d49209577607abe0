import Foundation
import Model

/// A row of `bisection`: the search for the commit that broke a hook.
public struct BisectionRecord: Sendable, Hashable, Identifiable {
    /// Grows in the order in which they are asked for.
    public var id: Int64
    /// The attempt that failed; it has one bisection.
    public var jobID: Int64
    /// Its project.
    public var projectID: Int64
    /// Its hook.
    public var hook: HookID
    /// The branch.
    public var ref: GitRef
    /// The commit that passed.
    public var good: String
    /// The number of the build in which it did; retention may have removed that one.
    public var goodBuild: Int
    /// Whether the good commit has to pass once more, because it did with another configuration of the hook.
    public var needsProof: Bool
    /// The commit that failed.
    public var bad: String
    /// The commits that may have done it, each before its parents. The first is the bad commit.
    public var candidates: [Bisection.Commit]
    /// Where it stands.
    public var state: BisectionState
    /// The commit that did it, or those of which one did, newest first; empty in the other states.
    public var culprits: [String]
    /// Why it ended otherwise, one sentence.
    public var reason: String?
    /// The login of whoever asked for it; `nil` when it began by itself.
    public var startedBy: String?
    /// When it was asked for.
    public var createdAt: Date
    /// When it ended.
    public var finishedAt: Date?
}

/// One job of a commit that a bisection asked for.
public struct BisectionProbe: Sendable, Hashable {
    /// The commit.
    public var commit: String
    /// The number of its build.
    public var build: Int
    /// The job's row.
    public var jobID: Int64
    /// The job's attempt in its build.
    public var attempt: Int
    /// Where the job stands.
    public var state: JobState
    /// Why it is not a success, one sentence.
    public var reason: String?
    /// What it said of the commit; `nil` while it goes on, and when an event ended it.
    public var verdict: Bisection.Verdict?
    /// Whether an event ended it, such as a newer job of its concurrency group, and no person: the commit is tried again.
    public var isOvertaken = false
    /// When it got a slot.
    public var startedAt: Date?
    /// When it ended.
    public var finishedAt: Date?
}

/// All that is to be told of a bisection, from one moment.
public struct BisectionReport: Sendable, Hashable {
    /// The bisection.
    public var record: BisectionRecord
    /// The attempt that failed.
    public var bad: JobRecord
    /// The number of its build.
    public var badBuild: Int
    /// What it built, oldest first.
    public var probes: [BisectionProbe]
    /// What is known of the candidates.
    public var search: Bisection

    /// What it is building.
    public var openProbe: BisectionProbe? { probes.last { !$0.state.isFinished } }
    /// The candidates that may still be it, newest first; the first one is known to fail.
    public var left: [Bisection.Commit] { search.left }
    /// The commits that did it, with what they say, newest first.
    public var culprits: [Bisection.Commit] { record.candidates.filter { record.culprits.contains($0.id) } }
    /// The last thing that was built of a culprit by this bisection, or `nil`: other builds may have told of it.
    public func probe(of commit: String) -> BisectionProbe? { probes.last { $0.commit == commit } }
}

/// A build in which a hook passed.
public struct GoodEnd: Sendable, Hashable {
    /// The build.
    public var build: BuildRecord
    /// The job.
    public var job: JobRecord
}

/// A bisection that is to begin.
public struct NewBisection: Sendable {
    /// The attempt that failed.
    public var job: JobRecord
    /// Its build.
    public var build: BuildRecord
    /// What passed before it.
    public var good: GoodEnd
    /// As in ``BisectionRecord/candidates``.
    public var candidates: [Bisection.Commit]
    /// The login of whoever asks for it; `nil` when it begins by itself.
    public var startedBy: String?

    /// Memberwise.
    public init(
        job: JobRecord, build: BuildRecord, good: GoodEnd, candidates: [Bisection.Commit], startedBy: String?
    ) {
        self.job = job
        self.build = build
        self.good = good
        self.candidates = candidates
        self.startedBy = startedBy
    }
}

/// A failed attempt whose hook wants the commit to be searched for.
public struct WantedBisection: Sendable, Hashable {
    /// The attempt.
    public var job: JobRecord
    /// Its build.
    public var build: BuildRecord
    /// Its project.
    public var project: ProjectRecord
    /// What passed before it and was not followed by a failure; `nil` when the attempt is not the one that broke its branch
    /// as it is now.
    public var good: GoodEnd?
}
