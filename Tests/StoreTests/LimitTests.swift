import Foundation
import Testing

@testable import Store

@Suite("What GitHub's limits are kept with")
struct LimitTests {
    @Test("writes are remembered for an hour, for each identity, over a restart")
    func writes() async throws {
        try await Fixture.with { fixture in
            let now = Date(timeIntervalSince1970: 1_800_000_000)
            for age in [4000.0, 3000, 10, 10, 10] {
                try await fixture.store.noteGitHubWrites(1, by: "token a", at: now.addingTimeInterval(-age))
            }
            try await fixture.store.noteGitHubWrites(1, by: "token b", at: now)
            let writes = try await fixture.store.gitHubWrites(before: now)
            #expect(writes["token a"]?.map { now.timeIntervalSince($0) } == [3000, 10, 10, 10])
            #expect(writes["token b"] == [now] && writes.count == 2)
            #expect(try await fixture.store.gitHubWrites(before: now.addingTimeInterval(7200)).isEmpty)
        }
    }

    @Test("writes that were noted in advance and did not come are taken back")
    func unused() async throws {
        try await Fixture.with { fixture in
            let now = Date(timeIntervalSince1970: 1_800_000_000)
            func ages() async throws -> [Double]? {
                try await fixture.store.gitHubWrites(before: now)["a"]?.map { now.timeIntervalSince($0) }
            }
            try await fixture.store.noteGitHubWrites(3, by: "a", at: now.addingTimeInterval(-9))
            try await fixture.store.noteGitHubWrites(2, by: "b", at: now.addingTimeInterval(-9))
            try await fixture.store.noteGitHubWrites(
                2, by: "a", at: now.addingTimeInterval(-5), without: (2, 1_800_000_000 - 9))
            #expect(try await ages() == [9, 5, 5])
            try await fixture.store.noteGitHubWrites(
                1, by: "a", at: now, without: (2, 1_800_000_000 - 5))
            #expect(try await ages() == [9, 0])
            #expect(try await fixture.store.gitHubWrites(before: now)["b"]?.count == 2)
        }
    }

    @Test("the latest full pass is kept")
    func fullPass() async throws {
        try await Fixture.with { fixture in
            #expect(try await fixture.store.lastFullPass() == nil)
            try await fixture.store.noteFullPass(projects: 3, took: .seconds(2))
            try await fixture.store.noteFullPass(projects: 1000, took: .milliseconds(182_500))
            let pass = try #require(try await fixture.store.lastFullPass())
            #expect(pass.projects == 1000 && pass.seconds == 182.5)
        }
    }
}
