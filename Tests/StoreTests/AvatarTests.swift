import Foundation
import Model
import Testing

@testable import Store

@Suite("Pictures of authors")
struct AvatarTests {
    private static let picture = AvatarPicture(type: "image/png", tag: "t1", bytes: [1, 2, 3])

    private func build(
        _ fixture: Fixture, _ project: ProjectRecord, _ login: String, commit: String
    ) async throws {
        var new = try Fixture.newBuild(project, commit: commit)
        new.event.authorLogin = AccountName(login)
        try await fixture.store.createBuild(new)
    }

    private func due(_ fixture: Fixture) async throws -> [String] {
        try await fixture.store.dueAvatars(limit: 50).map(\.login.description)
    }

    @Test("a picture is asked for with the first build, daily as long as somebody looks, and later after failures")
    func due() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let (store, project) = (fixture.store, try await fixture.declare(["a"])[0])
            let mona = try #require(AccountName("Mona"))
            try await fixture.build(project, commit: "c0")
            #expect(try await due(fixture) == [])
            try await build(fixture, project, "Mona", commit: "c1")
            try await build(fixture, project, "mona", commit: "c2")
            #expect(try await due(fixture) == ["Mona"])
            #expect(try await store.dueAvatars(limit: 1).first?.repository.description == "o/a")

            try await store.noteAvatar(mona, .failed, pause: 600)
            #expect(try await due(fixture) == [])
            clock.advance(601)
            #expect(try await store.dueAvatars(limit: 1).first?.failures == 1)
            let version = AvatarVersion(address: "https://example.org/u/1", etag: "\"e\"")
            try await store.noteAvatar(mona, .picture(Self.picture, version))
            #expect(try await due(fixture) == [])

            clock.advance(86_401)
            // Nobody looked.
            #expect(try await due(fixture) == [])
            #expect(try await store.avatar(mona, of: project.id) == Self.picture)
            #expect(try await store.dueAvatars(limit: 1).map(\.known) == [version])
            try await store.noteAvatar(mona, .unchanged)
            #expect(try await due(fixture) == [])
            #expect(try await store.avatarTags([mona]) == ["mona": "t1"])
            try await store.noteAvatar(mona, .nothing)
            #expect(try await store.avatar(mona, of: project.id) == nil)
            #expect(try await store.avatarTags([mona]) == [:])
        }
    }

    @Test("a picture is shown in the projects that its account wrote in, and nowhere else")
    func scope() async throws {
        try await Fixture.with { fixture in
            let projects = try await fixture.declare(["a", "b"])
            try await build(fixture, projects[0], "mona", commit: "c1")
            try await build(fixture, projects[1], "hubot", commit: "c1")
            let (mona, shouted) = (try #require(AccountName("mona")), try #require(AccountName("MONA")))
            try await fixture.store.noteAvatar(mona, .picture(Self.picture, nil))
            #expect(try await fixture.store.avatar(shouted, of: projects[0].id) == Self.picture)
            #expect(try await fixture.store.avatar(mona, of: projects[1].id) == nil)
            #expect(
                try await fixture.store.builds(projects[0].id, limit: 1).map(\.authorLogin?.description) == ["mona"])
        }
    }

    @Test("a build that comes without a name at GitHub gets the one that its author's address had last")
    func knownAddress() async throws {
        try await Fixture.with { fixture in
            let projects = try await fixture.declare(["a", "b"])
            try await build(fixture, projects[0], "mona", commit: "c1")
            try await build(fixture, projects[0], "monalisa", commit: "c2")
            try await fixture.build(projects[0], commit: "c3")
            var stranger = try Fixture.newBuild(projects[0], commit: "c4")
            stranger.event.authorEmail = "other@example.org"
            try await fixture.store.createBuild(stranger)
            try await fixture.build(projects[1], commit: "c3")
            let logins = try await fixture.store.builds(projects[0].id, limit: 9).map(\.authorLogin?.description)
            #expect(logins == [nil, "monalisa", "monalisa", "mona"], "newest first")
            #expect(try await fixture.store.builds(projects[1].id, limit: 9).map(\.authorLogin) == [nil])
        }
    }

    @Test("so many are kept, and those that nobody looked at for the longest time go first")
    func bounded() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let project = try await fixture.declare(["a"])[0]
            for number in 0..<5 {
                try await build(fixture, project, "user-\(number)", commit: "c\(number)")
                clock.advance(10)
            }
            var limits = AvatarLimits()
            limits.most = 3
            let last = try #require(AccountName("user-4"))
            try await fixture.store.noteAvatar(last, .picture(Self.picture, nil), limits: limits)
            #expect(try await due(fixture) == ["user-2", "user-3"])
        }
    }
}
