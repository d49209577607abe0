import Foundation
import Model
import Testing

@testable import Store

@Suite("Branches, pull requests and the search in the history")
struct RefTests {
    private func pull(
        _ project: ProjectRecord, _ number: Int, _ title: String, at time: Int64?, ref: GitRef? = nil,
        commit: String = "bbbb"
    ) throws -> NewBuild {
        var build = try Fixture.newBuild(project, commit: commit)
        build.event = TriggerEvent(
            kind: .pullRequest, ref: ref ?? .pullRequest(number), commit: commit, message: "\(title)\n\nWhy.",
            authorName: "hubot", sender: "mona", pullRequest: number, baseBranch: "main", happenedAt: time)
        return build
    }

    @Test("each ref has its newest build, the newest ref first, and a ref that is gone is known to be")
    func refs() async throws {
        try await Fixture.with { fixture in
            let projects = try await fixture.declare(["a", "b"])
            for (ref, commit) in [("main", "1"), ("one", "2"), ("main", "3"), ("two", "4"), ("one", "5")] {
                try await fixture.build(projects[0], commit: commit, ref: .branch(ref))
            }
            try await fixture.build(projects[1], commit: "9", ref: .branch("other"))
            let store = fixture.store
            let all = try await store.refOverview(projects[0].id, limit: 10)
            #expect(all.map(\.latest.ref.shortName) == ["one", "two", "main"])
            #expect(all.map(\.latest.number) == [5, 4, 3] && all.allSatisfy(\.exists))
            try await store.saveHeads(projects[0].id, seen: ["refs/heads/main": "3", "refs/heads/two": "4"])
            #expect(try await store.refOverview(projects[0].id, limit: 10).map(\.exists) == [false, true, true])
            #expect(try await store.refOverview(projects[0].id, limit: 2).count == 2)
            let older = try await store.refOverview(projects[0].id, before: 4, limit: 10)
            #expect(older.map(\.latest.ref.shortName) == ["main"])
            #expect(try await store.refOverview(99, limit: 2).isEmpty)
        }
    }

    @Test("a build of an old commit says nothing about its ref, until the ref comes back to the commit")
    func oldCommit() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let store = fixture.store
            let main = GitRef.branch("main")
            func latest() async throws -> [Int?] {
                let overview = try await store.refOverview(project.id, limit: 9).first { $0.latest.ref == main }
                return [overview?.latest.number, try await store.latestBuild(project.id, ref: main)?.number]
            }
            var old = try Fixture.newBuild(project, commit: "old")
            old.isOffHead = true
            #expect(try await store.createBuild(old)?.isOffHead == true)
            #expect(try await latest() == [nil, nil])
            #expect(try await store.latestBuild(project.id)?.number == 1, "there is no other")
            try await fixture.build(project, commit: "head")
            old.event.commit = "older"
            _ = try await store.createBuild(old)
            #expect(try await latest() == [2, 2])
            #expect(try await store.verdicts(project.id, ref: main, limit: 9).map(\.number) == [2])
            // All of them are in the history, and of the project none counts as the latest either.
            #expect(try await store.builds(project.id, ref: main, limit: 9).map(\.number) == [3, 2, 1])
            #expect(try await store.latestBuild(project.id)?.number == 2)
            #expect(try await store.projectOverview().first?.recent.map(\.number) == [2])
            // An open pull request is as its head is.
            _ = try await store.createBuild(try pull(project, 7, "First", at: 100, ref: .branch("topic"), commit: "t2"))
            old.event.ref = .branch("topic")
            _ = try await store.createBuild(old)
            #expect(try await store.openPullRequests(project.id, limit: 9).map(\.latest?.number) == [4])
            try await fixture.build(project, commit: "older")
            #expect(try await latest() == [3, 3])
            // To ask again for what is a head says nothing about when it was built.
            old.event = try Fixture.newBuild(project, commit: "head").event
            #expect(try await store.createBuild(old)?.isOffHead == false)
        }
    }

    @Test("a pull request is open until the latest event closed it, in whatever order events come")
    func pullRequests() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let store = fixture.store
            func close(_ number: Int, at time: Int64?) async throws {
                _ = try await store.inbox.store(Fixture.delivery("close-\(number)-\(time ?? 0)"))
                let delivery = try #require(try await store.deliveries(limit: 1).first)
                try await store.finishDelivery(
                    delivery.id, decision: "closed",
                    cancels: BuildCancellation(
                        projectID: project.id, .pullRequest(number), happenedAt: time, reason: "closed"))
            }
            func open() async throws -> [String] {
                try await store.openPullRequests(project.id, limit: 10).map { "\($0.number) \($0.title)" }
            }
            _ = try await store.createBuild(try pull(project, 7, "First", at: 100))
            _ = try await store.createBuild(try pull(project, 8, "Second", at: 110, ref: .branch("topic")))
            #expect(try await open() == ["8 Second", "7 First"])
            #expect(try await store.openPullRequests(project.id, before: 8, limit: 10).map(\.number) == [7])
            let second = try #require(try await store.openPullRequests(project.id, limit: 1).first)
            #expect(second.latest?.ref == .branch("topic") && second.base == "main" && second.author == "hubot")
            func moved(_ kind: TriggerEvent.Kind, _ ref: GitRef) async throws -> [Int] {
                let event = TriggerEvent(kind: kind, ref: ref, commit: "ffff")
                return try await store.openPullRequests(of: event, in: project.id).map(\.number)
            }
            #expect(try await moved(.push, .branch("topic")) == [8])
            #expect(try await moved(.push, .branch("main")) == [])
            #expect(try await moved(.schedule, .branch("topic")) == [])
            // A later title; then an event that was late.
            _ = try await store.createBuild(try pull(project, 7, "Better", at: 120, commit: "cccc"))
            _ = try await store.createBuild(try pull(project, 7, "Stale", at: 90, commit: "dddd"))
            #expect(try await open() == ["8 Second", "7 Better"])
            try await close(7, at: 130)
            _ = try await store.createBuild(try pull(project, 7, "Late", at: 125, commit: "eeee"))
            #expect(try await open() == ["8 Second"])
            _ = try await store.createBuild(try pull(project, 7, "Again", at: 140, commit: "eeee"))
            #expect(try await open() == ["8 Second", "7 Again"])
            // A closing that came before anything else is known, too.
            try await close(9, at: 200)
            _ = try await store.createBuild(try pull(project, 9, "Late", at: 190))
            try await close(8, at: nil)
            #expect(try await open() == ["7 Again"])
        }
    }

    @Test("builds are found by state, author, text and ref, page by page, without regard to case")
    func search() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let store = fixture.store
            for number in 1...40 {
                var build = try Fixture.newBuild(
                    project, commit: "\(number)cafe", ref: .branch(number % 2 == 0 ? "main" : "topic"))
                build.event.message = number % 4 == 0 ? "Fix the Sprocket 100%" : "Something else"
                build.event.authorName = number % 3 == 0 ? "Hubot_X" : "Mona"
                _ = try await store.createBuild(build)
            }
            func numbers(_ filter: BuildFilter, before: Int? = nil, limit: Int = 100) async throws -> [Int] {
                try await store.builds(project.id, filter, before: before, limit: limit).map(\.number)
            }
            #expect(try await numbers(BuildFilter(text: "sPROCKET 100%")) == [40, 36, 32, 28, 24, 20, 16, 12, 8, 4])
            #expect(try await numbers(BuildFilter(author: "hubot_", text: "sprocket")) == [36, 24, 12])
            #expect(try await numbers(BuildFilter(author: "MONA")).count == 40, "whoever caused the event counts")
            #expect(try await numbers(BuildFilter(text: "17cafe")) == [17])
            #expect(try await numbers(BuildFilter(state: .success)).isEmpty)
            #expect(try await numbers(BuildFilter(ref: .branch("topic"), state: .queued)).count == 20)
            #expect(try await numbers(BuildFilter(ref: .branch("topic"), text: "sprocket")).isEmpty)
            #expect(try await numbers(BuildFilter(text: "sprocket"), limit: 4) == [40, 36, 32, 28])
            #expect(try await numbers(BuildFilter(text: "sprocket"), before: 28, limit: 6) == [24, 20, 16, 12, 8, 4])
            let build = try #require(try await store.build(project.id, number: 17))
            #expect(try await store.siblings(of: build).isEmpty)
            try await fixture.build(project, commit: "17cafe", ref: .branch("release"))
            #expect(try await store.siblings(of: build).map(\.ref.shortName) == ["release"])
        }
    }

    @Test("a log's parts follow the sections, whatever the streams and pieces")
    func parts() async throws {
        try await Fixture.with { fixture in
            let writer = try await fixture.store.logs.writer(5)
            for (section, source, text) in [
                (0, 0, "Pull\n"), (0, 0, "Install\n"), (1, 1, "a"), (1, 2, "b\n"), (0, 0, "Build\n"), (2, 1, "c\n"),
            ] as [(UInt8, UInt8, String)] {
                try await writer.append(section: section, source: source, Array(text.utf8))
                try await writer.flush()
            }
            try await writer.close()
            let log = fixture.store.logs.reader(5)
            let parts = try await log.parts()
            #expect(parts.map(\.section) == [0, 1, 0, 2])
            #expect(parts.map(\.start) == [0, 13, 16, 22] && parts.map(\.end) == [13, 16, 22, 24])
            #expect(parts.allSatisfy { $0.firstTime <= $0.lastTime })
            #expect(try await log.time(at: 14) == log.times(at: [14]).first)
            #expect(try await log.time(at: 24) == nil)
            #expect(try await fixture.store.logs.reader(6).parts().isEmpty)
        }
    }
}
