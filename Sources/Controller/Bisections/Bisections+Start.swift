import Git
import Logging
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

    /// So many builds that passed are asked whether the failed commit comes after theirs.
    private static let mostGoodEnds = 20

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
        if let known = try await store.bisection(ofJob: job.id) { return (known, false) }
        try Self.check(job, build, project)
        do {
            let mirror = try await mirrors.mirror(project.repository, with: build.commit, build.ref)
            let goods = try await store.goodEnds(before: job, of: build, limit: Self.mostGoodEnds)
            guard let good = try await Self.ancestor(of: build.commit, among: goods, mirror) else {
                throw BisectionProblem(
                    .noGoodBuild,
                    "No build of '\(job.hook)' passed on \(build.ref.shortName) before #\(build.number), of a commit in its history.",
                    wayOut: "A search begins where it last passed.")
            }
            let candidates = try await Self.candidates(from: build.commit, to: good, mirror)
            let started = try await store.startBisection(
                NewBisection(job: job, build: build, good: good, candidates: candidates, startedBy: login))
            if started.isNew { log("a bisection begins", started.report.record, ["sender": "\(login)"]) }
            return started
        } catch let error as GitError {
            if error.kind == .cancelled { throw CancellationError() }
            throw BisectionProblem(
                .unavailable, "\(project.repository) could not be read: \(error.message).",
                wayOut: "Try again in a moment.")
        }
    }

    /// What ``start(_:of:in:by:)`` would search; `nil` when it would begin nothing. Asks nobody but the mirror.
    ///
    /// - Throws: `StoreError`.
    public func prospect(
        _ job: JobRecord, of build: BuildRecord, in project: ProjectRecord
    ) async throws -> Prospect? {
        guard (try? Self.check(job, build, project)) != nil else { return nil }
        let goods = try await store.goodEnds(before: job, of: build, limit: Self.mostGoodEnds)
        guard !goods.isEmpty else { return nil }
        // A page asks this, which cannot wait until a fetch of the mirror is over, or a repair.
        let mirror = GitMirror(readingFrom: await mirrors.mirror(project.repository).path)
        guard await mirror.contains(commit: build.commit),
            let good = try? await Self.ancestor(of: build.commit, among: goods, mirror),
            let candidates = try? await Self.candidates(from: build.commit, to: good, mirror)
        else { return nil }
        return Prospect(goodBuild: good.build.number, good: good.build.commit, commits: candidates.count)
    }

    /// Begins the bisection that a hook wants of its failure, when there is something to search.
    func decide(_ wanted: WantedBisection) async throws {
        let (job, build, project) = (wanted.job, wanted.build, wanted.project)
        guard let good = wanted.good, (try? Self.check(job, build, project)) != nil else {
            return try await store.dropWantedBisection(job.id)
        }
        do {
            let mirror = try await mirrors.mirror(project.repository, with: build.commit, build.ref)
            guard let good = try await Self.ancestor(of: build.commit, among: [good], mirror) else {
                return try await store.dropWantedBisection(job.id)
            }
            let candidates = try await Self.candidates(from: build.commit, to: good, mirror)
            // Of one commit there is nothing to find out.
            guard candidates.count > 1 else { return try await store.dropWantedBisection(job.id) }
            let started = try await store.startBisection(
                NewBisection(job: job, build: build, good: good, candidates: candidates, startedBy: nil))
            if started.isNew { log("a bisection begins by itself", started.report.record) }
        } catch let problem as BisectionProblem {
            logger.notice("no bisection of \(project.repository) #\(build.number) \(job.hook): \(problem.message)")
            try await store.dropWantedBisection(job.id)
        }
    }

    private static func check(
        _ job: JobRecord, _ build: BuildRecord, _ project: ProjectRecord
    ) throws(BisectionProblem) {
        guard project.isActive, project.config.hook(job.hook) != nil else {
            let what = project.isActive ? "The hook '\(job.hook)'" : "\(project.repository)"
            throw BisectionProblem(
                .unsuitable, "\(what) is no longer declared.", wayOut: "Declare it in the admin repository again.")
        }
        guard job.state == .failure else {
            throw BisectionProblem(
                .unsuitable, "The last attempt of '\(job.hook)' in #\(build.number) did not fail.",
                wayOut: "Only for a job that failed its commit is searched for.")
        }
        guard build.trusted, !build.isOffHead, case .branch = build.ref.kind,
            [.push, .manual, .schedule].contains(build.trigger)
        else {
            throw BisectionProblem(
                .unsuitable, "The build #\(build.number) is not of a branch as it was then.",
                wayOut: "Ask for it at a build of a branch that a push made.")
        }
        let main = project.defaultBranch.map(GitRef.branch)
        guard job.config.mayOpenSecrets(on: build.ref, commit: build.commit, main: main) else {
            throw BisectionProblem(
                .secretHook, "The hook '\(job.hook)' has secrets, and a push to \(build.ref) would not run it.",
                wayOut: "Let the hook's on.push.branches match \(build.ref.shortName).")
        }
    }

    /// The first one whose commit is in the failed one's history.
    private static func ancestor(
        of bad: String, among goods: [GoodEnd], _ mirror: GitMirror
    ) async throws(GitError) -> GoodEnd? {
        for good in goods where good.build.commit != bad {
            let commit = good.build.commit
            // A commit that was force-pushed away may be gone.
            guard await mirror.contains(commit: commit) else { continue }
            if try await mirror.mergeBase(bad, commit) == commit { return good }
        }
        return nil
    }

    private static func candidates(
        from bad: String, to good: GoodEnd, _ mirror: GitMirror
    ) async throws -> [Bisection.Commit] {
        let commits: [GitCommit]
        do {
            commits = try await mirror.commits(upTo: bad, since: good.build.commit, limit: Bisection.mostCandidates)
        } catch {
            guard error.kind == .invalid else { throw error }
            let between = "#\(good.build.number), which passed, and the failed one"
            throw BisectionProblem(
                .tooMany, "More than \(Bisection.mostCandidates) commits came between \(between).",
                wayOut: "Build a commit in between as the head of a branch, and ask there.")
        }
        return commits.map {
            Bisection.Commit(
                id: $0.id, parents: $0.parents, title: String($0.summary.prefix(200)),
                author: String($0.author.name.prefix(100)))
        }
    }
}
