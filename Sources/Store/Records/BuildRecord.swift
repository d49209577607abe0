import Foundation
import Model

/// The address of a build's page, or of one of its jobs' pages.
public typealias PageURL = @Sendable (_ number: Int, _ hook: HookID?) -> String

/// A row of `build`: the jobs of one commit on one ref of a project.
public struct BuildRecord: Sendable, Hashable, Codable, Identifiable {
    /// Grows in the order in which builds are made, over all projects.
    public var id: Int64
    /// The project.
    public var projectID: Int64
    /// The build's number in its project, from 1, never given twice.
    public var number: Int
    /// The ref.
    public var ref: GitRef
    /// The commit.
    public var commit: String
    /// The commit's message, or a pull request's title and body.
    public var message: String
    /// The author's display name.
    public var authorName: String
    /// The author's address, if known.
    public var authorEmail: String?
    /// The GitHub login of whoever caused the first event.
    public var sender: String?
    /// The kind of the first event.
    public var trigger: TriggerEvent.Kind
    /// The pull request's number, if it is one.
    public var pullRequest: Int?
    /// Whether its jobs may see secrets and write what other builds read.
    public var trusted: Bool
    /// The commit of the admin repository whose hooks it runs.
    public var configCommit: String
    /// Derived from the jobs' latest attempts in the same transaction that changes them.
    public var state: BuildState
    /// When it was made.
    public var createdAt: Date
    /// When its first job started; after a rerun of a finished build, when the rerun's first job started.
    public var startedAt: Date?
    /// When its last job ended.
    public var finishedAt: Date?
    /// Whether a job of it is in the queue that may run only when somebody approved the commit.
    public var needsApproval: Bool
    /// The GitHub login of whoever did.
    public var approvedBy: String?
    /// The author's account, when GitHub knows whose the commit is.
    public var authorLogin: AccountName?
    /// Whether the commit was not the ref's head when somebody asked for it by hand, so that it says nothing about the ref
    /// as it is.
    public var isOffHead = false
    /// How its ref is by this build, where an older one says so, because this one skipped what that one ran.
    public var older: RefStanding?

    /// How its ref is by this build, while it is the newest one there.
    public var standing: RefStanding { older ?? RefStanding(state: state, number: number, latest: number) }

    /// Whether a job waits for that.
    public var awaitsApproval: Bool { needsApproval && approvedBy == nil && !state.isFinished }

    /// The number of the build that took its place; `nil` when something of it goes on, or it ended otherwise.
    ///
    /// - Parameter jobs: the latest attempts of its jobs.
    public func successor(_ jobs: [JobRecord]) -> Int? {
        let open = jobs.filter { !$0.state.isFinished }
        guard state == .cancelled || !open.isEmpty, open.allSatisfy({ $0.successor != nil }) else { return nil }
        return jobs.lazy.compactMap(\.successor).first
    }
}

/// A hook that need not run for a build.
public struct SkippedHook: Sendable, Hashable {
    /// The hook.
    public var hook: Hook
    /// Why, for the status and the page.
    public var reason: String

    /// Memberwise.
    public init(_ hook: Hook, reason: String) {
        self.hook = hook
        self.reason = reason
    }
}

/// What makes a build, or adds jobs to the one that exists for the same ref and commit.
public struct NewBuild: Sendable {
    /// The project.
    public var projectID: Int64
    /// What happened.
    public var event: TriggerEvent
    /// Of what no event tells: those that were known before its ref was read; `nil` for those that are known when it is
    /// stored.
    public var seen: EventMark?
    /// The hooks that run for it.
    public var hooks: [Hook]
    /// The hooks that need not run, each of which gets a job in the state `skipped`. No hooks of either kind: no build is
    /// made.
    public var skipped: [SkippedHook] = []
    /// Whether a job that the build has already, and that has ended or was asked to, gets a new attempt, as a schedule
    /// wants.
    public var runsAgain = false
    /// Whether a bisection wants it, whose jobs end no others.
    var isProbe = false
    /// The attempts that an event ended and that are run again, because the ref leads to the commit after all.
    public private(set) var broughtBack: Set<Int64> = []
    /// Whether its jobs may see secrets. Those of a hook that asks for it wait for an approval otherwise.
    public var trusted: Bool
    /// Whether the commit is not the ref's head, but one in its history.
    public var isOffHead = false
    /// The commit of the admin repository that the hooks come from.
    public var configCommit: String
    /// The pages' addresses; pinned when the build and its jobs are made.
    public var pageURL: PageURL

    /// Memberwise.
    public init(
        projectID: Int64, event: TriggerEvent, hooks: [Hook], trusted: Bool, configCommit: String,
        pageURL: @escaping PageURL
    ) {
        self.projectID = projectID
        self.event = event
        self.hooks = hooks
        self.trusted = trusted
        self.configCommit = configCommit
        self.pageURL = pageURL
    }

    /// Runs jobs again that had been decided to run: rules about what changed since then have no say.
    ///
    /// - Parameters:
    ///   - jobs: what ``Store/overtakenJobs(_:ref:commit:hooks:seen:)`` answered.
    ///   - isAll: whether nothing else is to be run.
    public mutating func bringBack(_ jobs: [Int64: HookID], isAll: Bool) {
        let ended = Set(jobs.values)
        broughtBack = Set(jobs.keys)
        hooks += skipped.filter { ended.contains($0.hook.id) }.map(\.hook)
        skipped.removeAll { isAll || ended.contains($0.hook.id) }
        if isAll { hooks.removeAll { !ended.contains($0.id) } }
    }
}
