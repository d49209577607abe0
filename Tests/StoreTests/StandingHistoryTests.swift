import Foundation
import Model
import SeededRandom
import Testing

@testable import Store

/// What is kept of each build is what a plain walk through all builds comes to, whatever happened in which order.
@Suite("How refs are, after anything")
struct StandingHistoryTests {
    private static let hooks = ["docs", "lint", "tests"]
    private static let refs = [GitRef.branch("main"), .branch("topic")]

    @Test("what is kept is what is worked out", arguments: [1, 2, 3, 4])
    func anything(seed: UInt64) async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            var world = World(fixture: fixture, clock: clock, random: SeededGenerator(seed: seed))
            world.project = try await fixture.declare(["a"], hooks: Self.hooks)[0]
            var older = 0
            for step in 1...300 {
                let action = try await world.act()
                let worked = try await world.workedOut()
                for ref in Self.refs {
                    let newest = try await fixture.store.latestBuild(world.id, ref: ref)
                    let expected = worked.first { $0.build.ref == ref && !$0.build.isOffHead }
                    #expect(newest?.standing == expected?.standing, "step \(step), \(action), \(ref)")
                    older += newest?.older == nil ? 0 : 1
                }
                // What was removed since says still how the ref was then.
                guard !world.hasForgotten else { continue }
                for (build, standing) in worked {
                    #expect(build.standing == standing, "step \(step), \(action), #\(build.number)")
                }
            }
            #expect(older > 0, "the case is tried")
        }
    }

    private struct World {
        let fixture: Fixture
        let clock: TestClock
        var random: SeededGenerator
        var project: ProjectRecord?
        var declared = Set(StandingHistoryTests.hooks)
        /// Up to which number verdicts of a hook do not count.
        var forgotten: [String: Int] = [:]
        var hasForgotten = false
        var commits = 0

        var id: Int64 { project?.id ?? 0 }

        /// Does something, and says what.
        mutating func act() async throws -> String {
            let store = fixture.store
            let builds = try await store.builds(id, limit: 1000)
            switch Int.random(in: 0..<24, using: &random) {
            case 0..<5:
                commits += 1
                let isOffHead = Int.random(in: 0..<6, using: &random) == 0
                return try await build(
                    "c\(commits)", StandingHistoryTests.refs.randomElement(using: &random), isOffHead)
            case 5:
                guard let old = builds.randomElement(using: &random) else { return "nothing" }
                return try await build(old.commit, old.ref, Bool.random(using: &random))
            case 6..<8:
                guard let old = builds.randomElement(using: &random),
                    let hook = try await store.jobs(old.id).filter(\.state.isFinished).randomElement(using: &random)?
                        .hook
                else { return "nothing" }
                _ = try await store.rerun(old.id, hook)
                return "rerun of \(hook) of #\(old.number)"
            case 8:
                guard let open = try await store.openJobs(limit: 100).randomElement(using: &random) else {
                    return "nothing"
                }
                try await store.requestCancel(open.job.id, reason: "why not")
                return "cancel \(open.job.hook) of #\(open.build.number)"
            case 9:
                clock.advance(2 * 86_400)
                var rule = ServerSettings.Retention()
                (rule.days, rule.builds, rule.keepLastSuccess) = (1, 4, Bool.random(using: &random))
                // Rarely: afterwards only the newest builds are compared.
                guard commits > 12 else { return "nothing" }
                hasForgotten = true
                return "\(try await store.removeOldBuilds(id, rule, limit: 3)) removed"
            case 10:
                guard commits > 12 else { return "nothing" }
                return try await configure()
            case 11..<17:
                return try await store.claimNextJob().map { "\($0.job.hook) of #\($0.build.number) starts" }
                    ?? "nothing"
            default:
                let outcomes: [JobState] = [.success, .success, .failure, .error, .cancelled, .skipped]
                guard let running = try await store.runningJobs().randomElement(using: &random),
                    let state = outcomes.randomElement(using: &random)
                else { return "nothing" }
                try await store.finishJob(running.job.id, JobOutcome(state: state))
                return "\(running.job.hook) of #\(running.build.number) ends: \(state)"
            }
        }

        /// Each hook runs, is skipped, or is none of its business.
        private mutating func build(_ commit: String, _ ref: GitRef?, _ isOffHead: Bool) async throws -> String {
            guard let project, let ref else { return "nothing" }
            var new = try Fixture.newBuild(project, commit: commit, ref: ref, hooks: [])
            new.isOffHead = isOffHead
            for hook in StandingHistoryTests.hooks {
                switch Int.random(in: 0..<5, using: &random) {
                case 0..<2: new.hooks.append(try Fixture.hook(hook))
                case 2..<4: new.skipped.append(SkippedHook(try Fixture.hook(hook), reason: "paths: none"))
                default: break
                }
            }
            let made = try await fixture.store.createBuild(new)
            return made.map { "build #\($0.number) of \(ref)" } ?? "nothing"
        }

        /// A hook goes, or comes back.
        private mutating func configure() async throws -> String {
            guard let hook = StandingHistoryTests.hooks.randomElement(using: &random) else { return "nothing" }
            let last = try await fixture.store.builds(id, limit: 1).first?.number ?? 0
            if declared.remove(hook) == nil {
                declared.insert(hook)
            } else {
                forgotten[hook] = last
                hasForgotten = true
            }
            try await fixture.declare(["a"], hooks: declared.sorted(), commit: "k\(last)")
            return "the hooks are \(declared.sorted())"
        }

        /// How the ref is by each build, the newest first: by a walk through all of them.
        func workedOut() async throws -> [(build: BuildRecord, standing: RefStanding)] {
            let builds = try await fixture.store.builds(id, limit: 1000)
            let rows = try await fixture.store.database.query(
                "SELECT buildID, hook, state FROM job ORDER BY buildID, hook, attempt")
            var attempts: [Int64: [String: [JobState]]] = [:]
            for row in rows.map({ $0.split(separator: "|") }) {
                let buildID = try #require(Int64(row[0]))
                let state = try #require(JobState(rawValue: String(row[2])))
                attempts[buildID, default: [:]][String(row[1]), default: []].append(state)
            }
            return builds.map { build in
                let own = RefStanding(state: build.state, number: build.number, latest: build.number)
                guard !build.isOffHead, build.state == .success || build.state == .cancelled else {
                    return (build, own)
                }
                let jobs = (attempts[build.id] ?? [:]).compactMapValues(\.last)
                var said = jobs.values.filter { $0 != .skipped }.map { (state: $0, number: 0) }
                for hook in jobs.filter({ $0.value == .skipped }).keys {
                    let known = builds.filter {
                        $0.ref == build.ref && !$0.isOffHead && $0.number < build.number
                            && $0.number > forgotten[hook] ?? 0
                    }
                    for old in known {
                        let verdict = attempts[old.id]?[hook]?.last { $0 != .skipped && $0 != .cancelled }
                        guard let verdict else { continue }
                        said.append((verdict, old.number))
                        break
                    }
                }
                let state = BuildState(jobs: said.map(\.state))
                guard state != build.state else { return (build, own) }
                let number = said.filter {
                    $0.number > 0 && BuildState(jobs: [$0.state]).isFinished == state.isFinished
                }
                .filter { !state.isFinished || $0.state.rawValue == state.rawValue }.map(\.number).max()
                return (build, RefStanding(state: state, number: number ?? 0, latest: build.number))
            }
        }
    }
}
