import Foundation
import Model
import Testing

@testable import Store

@Suite("Bisections in the store")
struct BisectionTests {
    private static let failed = JobOutcome(state: .failure, exitCode: 1)
    private static let passed = JobOutcome(state: .success, exitCode: 0)

    /// The line 0 to `count`, of which 0 passed in the first build and the last one failed in the second.
    private struct Line {
        let fixture: Fixture
        let project: ProjectRecord
        let job: JobRecord
        let build: BuildRecord
        let good: GoodEnd
        var store: Store { fixture.store }

        init(_ fixture: Fixture, count: Int = 5, change: (inout Hook) -> Void = { _ in }) async throws {
            self.fixture = fixture
            project = try await fixture.declare(["a"])[0]
            try await fixture.store.setGitHubFacts(project.id, githubID: 7, isPrivate: false, defaultBranch: "main")
            var ends: [(BuildRecord, JobRecord)] = []
            for (commit, outcome) in [("0", passed), ("\(count)", failed)] {
                var new = try Fixture.newBuild(project, commit: commit)
                change(&new.hooks[0])
                let build = try #require(try await fixture.store.createBuild(new))
                ends.append((build, try await fixture.runNext(outcome)))
            }
            (build, job) = ends[1]
            good = try #require(try await fixture.store.goodEnds(before: job, of: build, limit: 1).first)
        }

        var new: NewBisection {
            let count = Int(build.commit) ?? 0
            return NewBisection(
                job: job, build: build, good: good,
                candidates: (1...count).reversed().map {
                    Bisection.Commit(id: "\($0)", parents: ["\($0 - 1)"], title: "Change \($0)", author: "Mona")
                }, startedBy: "mona")
        }

        /// What a pass hands to the store for a commit.
        func build(_ commit: String) throws -> NewBuild {
            var new = try Fixture.newBuild(project, commit: commit)
            new.event.kind = .manual
            new.hooks = [job.config]
            return new
        }

        func report() async throws -> BisectionReport { try #require(try await store.bisection(ofJob: job.id)) }
    }

    @Test("an attempt has one bisection, and that one open probe, also after the process died in between")
    func once() async throws {
        try await Fixture.withFolder { folder in
            var store = try await Store.open(dataDirectory: folder)
            let line = try await Line(Fixture(folder: folder, store: store))
            #expect(line.good.build.commit == "0")
            let begun = try await store.startBisection(line.new)
            #expect(begun.isNew && begun.report.record.startedBy == "mona" && !begun.report.record.needsProof)
            #expect(begun.report.record.goodBuild == 1 && begun.report.badBuild == 2)
            #expect(begun.report.search.step == .probe("3"))
            var other = line.new
            other.startedBy = "hubot"
            let again = try await store.startBisection(other)
            #expect(!again.isNew && again.report == begun.report)

            let id = begun.report.record.id
            let probe = try #require(try await store.probe(id, line.build("3")))
            #expect(probe.commit == "3" && probe.build == 3 && probe.state == .queued && probe.verdict == nil)
            await store.close()
            store = try await Store.open(dataDirectory: folder)
            #expect(try await store.runningBisections().map(\.openProbe) == [probe])
            #expect(try await store.probe(id, line.build("3")) == probe)
            #expect(try await store.probe(id, line.build("1")) == probe, "one at a time")
            let builds = try await store.builds(line.project.id, limit: 9)
            #expect(builds.map(\.commit) == ["3", "5", "0"] && builds[0].isOffHead && builds[0].trigger == .manual)
            #expect(try await store.bisection(probing: probe.jobID)?.record.id == id)
            #expect(try await store.latestBuild(line.project.id, ref: .branch("main"))?.number == 2)

            let fixture = Fixture(folder: folder, store: store)
            #expect(try await fixture.runNext(Self.passed).id == probe.jobID)
            let report = try #require(try await store.runningBisections().first)
            #expect(report.search.verdicts == ["0": .good, "3": .good] && report.left.map(\.id) == ["5", "4"])
            #expect(report.probes.map(\.verdict) == [.good] && report.openProbe == nil)
            #expect(try await store.finishBisection(id, .found, culprits: ["4"]))
            #expect(try await !store.finishBisection(id, .stopped, reason: "too late"))
            #expect(try await store.probe(id, line.build("4")) == nil)
            let end = try #require(try await store.bisection(ofJob: line.job.id))
            #expect(end.record.state == .found && end.culprits.map(\.title) == ["Change 4"])
            #expect(try await store.runningBisections().isEmpty && end.record.finishedAt != nil)

            _ = try await store.database.query("DELETE FROM build WHERE number = 2")
            #expect(try await store.bisection(ofJob: line.job.id) == nil)
            #expect(try await store.database.query("SELECT COUNT(*) FROM bisectionProbe") == ["0"])
            await store.close()
        }
    }

    @Test(
        "only trusted jobs that did the same work count, the last one of each commit; of the failed one only later ones"
    )
    func verdicts() async throws {
        try await Fixture.with { fixture in
            let line = try await Line(fixture)
            func run(_ commit: String, _ outcome: JobOutcome, _ change: (inout NewBuild) -> Void) async throws {
                var new = try line.build(commit)
                new.isOffHead = true
                new.runsAgain = true
                change(&new)
                _ = try #require(try await fixture.store.createBuild(new))
                try await fixture.runNext(outcome)
            }
            try await run("1", Self.failed) { $0.hooks[0].image = "alpine" }
            try await run("2", Self.failed) {
                $0.trusted = false
                $0.hooks[0].settings.forkPullRequests = .always
            }
            try await run("3", Self.failed) { _ in }
            try await run("3", Self.passed) { $0.hooks[0].title = "Other" }
            try await run("3", JobOutcome(state: .error, reason: "no image")) { _ in }
            try await run("4", JobOutcome(state: .cancelled, reason: "not now")) { _ in }
            _ = try await fixture.store.startBisection(line.new)
            #expect(try await line.report().search.verdicts == ["0": .good, "3": .good])

            _ = try await fixture.store.rerun(line.build.id, line.job.hook)
            try await fixture.runNext(Self.failed)
            #expect(try await line.report().search.step == .probe("4"))
            _ = try await fixture.store.rerun(line.build.id, line.job.hook)
            try await fixture.runNext(Self.passed)
            #expect(try await line.report().search.step == .passes)
        }
    }

    @Test("the good commit is built again when it passed with another configuration")
    func proof() async throws {
        try await Fixture.with { fixture in
            let line = try await Line(fixture) { $0.environment = ["N": "\($0.id)"] }
            #expect(try await !fixture.store.startBisection(line.new).report.record.needsProof)
            var other = line.new
            let build = try #require(
                try await fixture.store.createBuild(Fixture.newBuild(line.project, commit: "6")))
            other.job = try await fixture.runNext(Self.failed)
            other.build = build
            let report = try await fixture.store.startBisection(other).report
            #expect(report.record.needsProof && report.search.step == .probe("0"))
            var again = try line.build("0")
            again.hooks = [other.job.config]
            try await fixture.store.probe(report.record.id, again)
            try await fixture.runNext(Self.failed)
            let later = try #require(try await fixture.store.bisection(ofJob: other.job.id))
            #expect(later.search.step == .elsewhere && later.probes.map(\.attempt) == [2])
        }
    }

    @Test("a job that is open already is the probe, when it does the same work; else it comes first")
    func openJob() async throws {
        try await Fixture.with { fixture in
            let line = try await Line(fixture)
            let id = try await fixture.store.startBisection(line.new).report.record.id
            var pushed = try Fixture.newBuild(line.project, commit: "3")
            pushed.hooks[0].buildScript = "#!/bin/sh\nfalse\n"
            _ = try await fixture.store.createBuild(pushed)
            #expect(try await fixture.store.probe(id, line.build("3")) == nil)
            try await fixture.runNext(Self.passed)
            #expect(try await line.report().search.step == .probe("3"), "it says nothing")
            _ = try await fixture.store.createBuild(Fixture.newBuild(line.project, commit: "2"))
            let adopted = try #require(try await fixture.store.probe(id, line.build("2")))
            #expect(try await !fixture.store.isProbe(adopted.jobID), "whoever pushed wanted it")
            #expect(try await fixture.store.bisection(probing: adopted.jobID) == nil)
            // What others wanted goes on when the search is stopped.
            let stopped = try await fixture.store.stopBisection(ofJob: line.job.id, by: "mona")
            #expect(stopped.record.state == .stopped && stopped.record.reason == "stopped by mona")
            #expect(try await fixture.store.job(adopted.jobID)?.state == .queued)
            #expect(try await fixture.store.stopBisection(ofJob: line.job.id, by: "hubot") == stopped)
            await #expect(throws: StoreError.self) {
                try await fixture.store.stopBisection(ofJob: adopted.jobID, by: "mona")
            }
        }
    }

    @Test("a probe that errs or that a person cancels says so, and one that an event ended is tried again")
    func untestable() async throws {
        try await Fixture.with { fixture in
            let line = try await Line(fixture)
            let id = try await fixture.store.startBisection(line.new).report.record.id
            _ = try await fixture.store.probe(id, line.build("3"))
            try await fixture.runNext(JobOutcome(state: .error, reason: "no image"))
            #expect(try await line.report().search.step == .probe("2"))
            let probe = try #require(try await fixture.store.probe(id, line.build("4")))
            _ = try await fixture.store.requestCancel(probe.jobID, reason: "by mona")
            #expect(try await line.report().search.verdicts == ["0": .good, "3": .untestable, "4": .untestable])
            let next = try #require(try await fixture.store.probe(id, line.build("2")))
            try await fixture.store.cancelBuilds(
                BuildCancellation(projectID: line.project.id, .ref(.branch("main")), reason: "deleted"))
            let report = try await line.report()
            #expect(report.probes.last?.isOvertaken == true && report.search.step == .probe("2"))
            // A rerun that passed is as good as a probe.
            let job = try #require(try await fixture.store.job(next.jobID))
            _ = try await fixture.store.rerun(job.buildID, job.hook)
            try await fixture.runNext(Self.passed)
            #expect(try await line.report().search.step == .narrowed(["5", "4", "3"]))

            let last = try #require(try await fixture.store.probe(id, line.build("1")))
            _ = try await fixture.store.stopBisection(ofJob: line.job.id, by: "mona")
            #expect(try await fixture.store.job(last.jobID)?.state == .cancelled)
        }
    }

    @Test("a probe ends nobody's job in a cancelling group, and the branch stays as it is, without mail")
    func quiet() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let line = try await Line(fixture) { $0.concurrency = .init(group: "g", limit: 1, onNew: .cancel) }
            let id = try await store.startBisection(line.new).report.record.id
            func push(_ commit: String, _ ref: GitRef = .branch("main"), at time: Int64) async throws -> BuildRecord {
                var new = try line.build(commit)
                new.event.kind = .push
                new.event.ref = ref
                new.event.happenedAt = time
                return try #require(try await store.createBuild(new))
            }
            // It was the head once, and somebody ended it.
            let middle = try await push("3", at: 300)
            _ = try await store.cancelBuilds(
                BuildCancellation(projectID: line.project.id, .build(middle.id), reason: "not now"))
            let newest = try await push("6", at: 400)
            try await fixture.runNext(Self.failed)
            // An older event, which a rerun of the middle one would end.
            _ = try await push("9", .branch("topic"), at: 100)
            let busy = try #require(try await store.claimNextJob()).job
            for item in try await store.buildNews(limit: 9) { _ = try await store.settle(item, with: []) }

            let probe = try #require(try await store.probe(id, line.build("3")))
            #expect(probe.build == middle.number && probe.attempt == 2)
            #expect(try await store.job(busy.id)?.cancelReason == nil)
            try await store.finishJob(busy.id, Self.passed)
            try await fixture.runNext(Self.failed)
            #expect(try await store.build(id: middle.id)?.state == .failure)
            #expect(try await store.buildNews(limit: 9).isEmpty)
            #expect(try await store.latestBuild(line.project.id, ref: .branch("main"))?.id == newest.id)
        }
    }

    @Test(
        "a failure is wanted to be searched when its hook says so, on the default branch, once, right after a success")
    func wanted() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let line = try await Line(fixture) { $0.settings.bisect = .auto }
            let wanted = try #require(try await store.wantedBisections().first)
            #expect(wanted.job.id == line.job.id && wanted.good?.build.number == 1)
            _ = try await store.startBisection(line.new)
            #expect(try await store.wantedBisections().isEmpty)
            // Run again, it has its answer already.
            _ = try await store.rerun(line.build.id, line.job.hook)
            let again = try await fixture.runNext(Self.failed)
            #expect(try await store.wantedBisections().map(\.good) == [nil])
            try await store.dropWantedBisection(again.id)

            func fail(_ commit: String, _ change: (inout NewBuild) -> Void = { _ in }) async throws -> [GoodEnd?] {
                var new = try line.build(commit)
                new.event.kind = .push
                change(&new)
                _ = try await store.createBuild(new)
                let job = try await fixture.runNext(Self.failed)
                let wanted = try await store.wantedBisections().map(\.good)
                try await store.dropWantedBisection(job.id)
                return wanted
            }
            #expect(try await fail("6") == [nil], "it was red before")
            #expect(try await fail("7") { $0.isOffHead = true } == [])
            let stranger = try await fail("8") {
                $0.trusted = false
                $0.hooks[0].settings.forkPullRequests = .always
            }
            #expect(stranger == [])
            #expect(try await fail("9") { $0.event.ref = .branch("topic") } == [])
            #expect(try await fail("10") { $0.hooks[0].settings.bisect = .never } == [])
        }
    }
}
