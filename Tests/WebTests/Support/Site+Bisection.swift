import Model
import Store
import Testing

@testable import Web

extension Site {
    /// Searches as the controller does, of a repository in which three commits are between any two builds.
    @Sendable static func bisections(_ store: Store) -> BisectionActions {
        BisectionActions { subject in
            guard !subject.build.isOffHead else { return nil }
            let good = try await store.goodEnds(before: subject.job, of: subject.build, limit: 1).first
            return good.map {
                BisectionActions.Prospect(goodBuild: $0.build.number, good: $0.build.commit, commits: 3)
            }
        } start: { subject, login in
            guard let good = try await store.goodEnds(before: subject.job, of: subject.build, limit: 1).first else {
                throw BisectionProblem(
                    .noGoodBuild, "Nothing <b>passed</b> before #\(subject.build.number).", wayOut: "Look elsewhere.")
            }
            return try await store.startBisection(
                NewBisection(
                    job: subject.job, build: subject.build, good: good, candidates: candidates(subject.build, good, 3),
                    startedBy: login))
        }
    }

    /// So many commits in a row, the newest of which is the build's. Their texts mean no good.
    static func candidates(_ build: BuildRecord, _ good: GoodEnd, _ count: Int) -> [Bisection.Commit] {
        let ids = [build.commit] + (1..<count).map { commit("\(build.number) \($0)") } + [good.build.commit]
        return (0..<count).map { place in
            Bisection.Commit(
                id: ids[place], parents: [ids[place + 1]], title: "Change \(place) <b>\u{202E}",
                author: "Mona & \"\(place)\"")
        }
    }

    /// A hook that passed in build 1 and failed in build 2, and what may be searched there.
    func broken(_ project: ProjectRecord) async throws -> BisectionActions.Subject {
        try await build(project, "Good")
        try await run(log: "fine\n")
        let red = try await build(project, "Bad")
        let job = try await run(JobOutcome(state: .failure, exitCode: 1, reason: "it broke"), log: "broken\n")
        return BisectionActions.Subject(
            job: try #require(try await store.job(job.id)), build: red, project: project)
    }

    /// Builds a commit for a search, as the controller does, and leaves its job in the queue.
    @discardableResult
    func probe(_ report: BisectionReport, _ commit: String, of project: ProjectRecord) async throws -> BisectionProbe {
        let event = TriggerEvent(
            kind: .manual, ref: report.record.ref, commit: commit, message: "In the middle", authorName: "Mona",
            sender: report.record.startedBy)
        var build = NewBuild(
            projectID: project.id, event: event, hooks: [report.bad.config], trusted: true,
            configCommit: project.configCommit, pageURL: { number, _ in "http://ci.example.org/\(number)" })
        build.isOffHead = true
        build.runsAgain = true
        return try #require(try await store.probe(report.record.id, build))
    }
}
