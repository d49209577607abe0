import Foundation
import Testing

@testable import Git

@Suite("A mirror that many want at once")
struct ConcurrencyTests {
    @Test("is cloned once, and every caller finds it")
    func firstFetch() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commit(["a": "1"])
            for round in 0..<10 {
                let mirror = GitMirror(path: "\(fixture.root)/m\(round).git", remote: GitRemote(url: fixture.source))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            try await mirror.fetch()
                            #expect(await mirror.contains(commit: commit))
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }
}
