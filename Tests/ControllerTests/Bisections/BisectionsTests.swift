import Foundation
import Git
import Model
import Store
import Testing

@testable import Controller

@Suite("The search for the commit that broke a hook")
struct BisectionsTests {
    /// Commits on `main`, of which the first passed and the last failed.
    private struct Line {
        let desk: Desk
        let bisections: Bisections
        var project: ProjectRecord
        /// Oldest first.
        var commits: [String] = []
        var job: JobRecord?
        var build: BuildRecord?

        init(_ desk: Desk, _ count: Int, change: (inout Hook) -> Void = { _ in }) async throws {
            self.desk = desk
            bisections = Bisections(configuration: desk.configuration, store: desk.store, mirrors: desk.mirrors)
            var hook = try desk.hook("tests")
            change(&hook)
            project = try await desk.declare([hook])
            try await desk.store.setGitHubFacts(project.id, githubID: 7, isPrivate: false, defaultBranch: "main")
            project = try #require(try await desk.store.project(desk.repository))
            for number in 0..<count { commits.append(try desk.push(["a": "\(number)"])) }
            _ = try await run(commits[0], .success)
            (build, job) = try await run(commits[count - 1], .failure)
        }

        /// Builds a commit as the head of a branch.
        func run(
            _ commit: String, _ state: JobState, ref: GitRef = .branch("main"),
            _ change: (inout NewBuild) -> Void = { _ in }
        ) async throws -> (BuildRecord, JobRecord) {
            var new = NewBuild(
                projectID: project.id, event: TriggerEvent(kind: .push, ref: ref, commit: commit),
                hooks: project.config.hooks, trusted: true, configCommit: "config",
                pageURL: { number, _ in "http://ci/\(number)" })
            change(&new)
            let build = try #require(try await desk.store.createBuild(new))
            let job = try #require(try await desk.store.claimNextJob()).job
            try await desk.store.finishJob(job.id, JobOutcome(state: state, exitCode: state == .success ? 0 : 1))
            return (build, try #require(try await desk.store.job(job.id)))
        }

        func start(by login: String = "mona") async throws -> (report: BisectionReport, isNew: Bool) {
            try await bisections.start(try #require(job), of: try #require(build), in: project, by: login)
        }

        func report() async throws -> BisectionReport {
            let id = try #require(job?.id)
            return try #require(try await desk.store.bisection(ofJob: id))
        }

        /// Lets the search go on until it ends; commits from that one on fail.
        ///
        /// - Returns: what was built, by its place.
        func search(broken: Int) async throws -> [Int] {
            var built: [Int] = []
            for _ in 0..<20 {
                // A pass that finds nothing to do does nothing.
                for _ in 0..<2 { _ = await bisections.pass() }
                guard let claimed = try await desk.store.claimNextJob() else { break }
                let place = try #require(commits.firstIndex(of: claimed.build.commit))
                built.append(place)
                try await desk.store.finishJob(
                    claimed.job.id, JobOutcome(state: place < broken ? .success : .failure, exitCode: 1))
            }
            return built
        }
    }

    private func kind(
        _ body: () async throws -> (report: BisectionReport, isNew: Bool)
    ) async throws -> BisectionProblem.Kind? {
        do {
            let begun = try await body()
            Issue.record("the bisection \(begun.report.record.id) began")
            return nil
        } catch let problem as BisectionProblem {
            #expect(!problem.message.isEmpty && !problem.wayOut.isEmpty)
            return problem.kind
        }
    }

    @Test("whoever asks gets the commit, by builds of that hook alone, of which the branch knows nothing")
    func found() async throws {
        try await Desk.with { desk in
            let line = try await Line(desk, 9)
            let job = try #require(line.job)
            let build = try #require(line.build)
            let prospect = try await line.bisections.prospect(job, of: build, in: line.project)
            #expect(prospect == nil, "the mirror knows nothing yet")
            let begun = try await line.start()
            #expect(begun.isNew && begun.report.record.good == line.commits[0] && begun.report.record.goodBuild == 1)
            #expect(begun.report.record.candidates.map(\.id) == line.commits.dropFirst().reversed())
            #expect(begun.report.record.candidates.first?.title == "Change a")
            #expect(begun.report.record.candidates.first?.author == "Mona")
            let known = try await line.bisections.prospect(job, of: build, in: line.project)
            #expect(known == Bisections.Prospect(goodBuild: 1, good: line.commits[0], commits: 8))
            let again = try await line.start(by: "hubot")
            #expect(!again.isNew && again.report.record.startedBy == "mona")

            #expect(try await line.search(broken: 5) == [4, 6, 5])
            let report = try await line.report()
            #expect(report.record.state == .found && report.record.culprits == [line.commits[5]])
            #expect(report.probes.map(\.build) == [3, 4, 5] && report.probes.map(\.verdict) == [.good, .bad, .bad])
            let builds = try await desk.store.builds(line.project.id, limit: 9)
            #expect(builds.prefix(3).allSatisfy { $0.isOffHead && $0.trigger == .manual && $0.sender == "mona" })
            #expect(builds.first?.message.hasPrefix("Change a") == true && builds.first?.authorName == "Mona")
            #expect(try await desk.store.latestBuild(line.project.id, ref: .branch("main"))?.id == build.id)
        }
    }

    @Test("a hook that says so is searched by itself when it breaks the default branch, and not for a single commit")
    func automatic() async throws {
        try await Desk.with { desk in
            var line = try await Line(desk, 5) { $0.settings.bisect = .auto }
            #expect(try await line.search(broken: 2) == [2, 1])
            let report = try await line.report()
            #expect(report.record.state == .found && report.record.culprits == [line.commits[2]])
            #expect(report.record.startedBy == nil)
            #expect(try await desk.store.builds(line.project.id, limit: 1).first?.sender == nil)

            line.commits.append(try desk.push(["a": "mended"]))
            _ = try await line.run(line.commits[5], .success)
            line.commits.append(try desk.push(["a": "broken"]))
            let single = try await line.run(line.commits[6], .failure).1
            #expect(try await line.search(broken: 0) == [])
            #expect(try await desk.store.bisection(ofJob: single.id) == nil)
            #expect(try await desk.store.wantedBisections().isEmpty)
        }
    }

    @Test("a repository that cannot be read is tried again, and who asks is told")
    func unreachable() async throws {
        try await Desk.with { desk in
            let line = try await Line(desk, 4) { $0.settings.bisect = .auto }
            try desk.breakRepository(true)
            #expect(await line.bisections.pass() ?? .seconds(60) <= .seconds(30))
            #expect(try await desk.store.wantedBisections().count == 1)
            #expect(try await kind { try await line.start() } == .unavailable)
            try desk.breakRepository(false)
            let fresh = Bisections(configuration: desk.configuration, store: desk.store, mirrors: desk.mirrors)
            _ = await fresh.pass()
            #expect(try await line.report().record.state == .running)
        }
    }

    @Test("what no commit of a branch can have caused is not searched, nor what never passed in its history")
    func refused() async throws {
        try await Desk.with { desk in
            let line = try await Line(desk, 3)
            func refusal(_ ran: (BuildRecord, JobRecord), _ project: ProjectRecord? = nil) async throws
                -> BisectionProblem.Kind?
            {
                try await kind {
                    try await line.bisections.start(ran.1, of: ran.0, in: project ?? line.project, by: "mona")
                }
            }
            let passed = try await line.run(try desk.push(["b": "1"]), .success)
            #expect(try await refusal(passed) == .unsuitable)
            let topic = try await line.run(try desk.push(["b": "2"], branch: "topic"), .failure, ref: .branch("topic"))
            #expect(try await refusal(topic) == .noGoodBuild, "it never passed there")
            let tag = try await line.run(line.commits[1], .failure, ref: GitRef("refs/tags/v1"))
            #expect(try await refusal(tag) == .unsuitable)
            let old = try await line.run(line.commits[1], .failure) { $0.isOffHead = true }
            #expect(try await refusal(old) == .unsuitable)
            // What passed on main before is not in this one's history.
            let other = try await line.run(try desk.push(["c": "1"], from: line.commits[0]), .failure)
            #expect(
                try await line.bisections.start(other.1, of: other.0, in: line.project, by: "mona").report.record
                    .goodBuild == 1)

            var secret = line.project
            secret.config.hooks[0].secrets = ["TOKEN": "sealed"]
            secret.config.hooks[0].triggers = Triggers(push: .init(branches: ["main"]), pullRequest: nil)
            let sealed = try await line.run(
                try desk.push(["d": "1"], branch: "topic"), .failure, ref: .branch("topic")
            ) { $0.hooks = secret.config.hooks }
            #expect(try await refusal(sealed, secret) == .secretHook)
            var retired = line.project
            retired.isActive = false
            #expect(try await refusal(topic, retired) == .unsuitable)
        }
    }

    @Test("when the hook changed as well, the commit that passed is built first, and may be all there is to say")
    func elsewhere() async throws {
        for broken in [0, 3] {
            try await Desk.with { desk in
                var line = try await Line(desk, 5)
                line.commits.append(try desk.push(["a": "next"]))
                var hook = line.project.config.hooks[0]
                hook.image = "debian:next"
                line.project = try await desk.declare([hook])
                (line.build, line.job) = try await line.run(line.commits[5], .failure)
                #expect(try await line.start().report.record.needsProof)
                let built = try await line.search(broken: broken)
                let record = try await line.report().record
                if broken == 0 {
                    #expect(built == [0] && record.state == .elsewhere && record.reason?.contains("#1") == true)
                } else {
                    #expect(built.first == 0 && record.state == .found && record.culprits == [line.commits[3]])
                }
            }
        }
    }

    @Test("two builds that people cancel, a branch that is gone, or a hook that is gone end the search and say why")
    func stopped() async throws {
        try await Desk.with { desk in
            let line = try await Line(desk, 9)
            _ = try await line.start()
            for number in 1...2 {
                _ = await line.bisections.pass()
                let probe = try #require(try await line.report().openProbe, "\(number)")
                _ = try await desk.store.requestCancel(probe.jobID, reason: "cancelled by mona")
            }
            _ = await line.bisections.pass()
            let record = try await line.report().record
            #expect(record.state == .stopped && record.reason == "two builds in a row were cancelled: #3, #4")
        }
        try await Desk.with { desk in
            let line = try await Line(desk, 4)
            _ = try await line.start()
            try desk.git("push", "-q", "origin", "main:refs/heads/other")
            try desk.git("update-ref", "-d", "refs/heads/main", in: "\(desk.folder)/github/acme/widget.git")
            try await desk.mirrors.fetch(desk.repository)
            _ = await line.bisections.pass()
            #expect(try await line.report().record.reason == "the branch main is gone")
        }
        try await Desk.with { desk in
            let line = try await Line(desk, 4)
            _ = try await line.start()
            _ = try await desk.declare([desk.hook("other")])
            _ = await line.bisections.pass()
            #expect(try await line.report().record.reason == "the hook tests is no longer declared")
        }
    }
}
