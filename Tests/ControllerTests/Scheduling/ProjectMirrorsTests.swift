import Git
import Model
import Testing

@testable import Controller

@Suite("The mirrors of projects")
struct ProjectMirrorsTests {
    @Test("however many ask at once, each that needs the deploy key goes its way to the end")
    func deployKey() async throws {
        try await Desk.with { desk in
            let commit = try desk.push(["a": "1"])
            let mirrors = desk.lockedMirrors()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<24 {
                    group.addTask {
                        if index % 4 == 0 {
                            try await mirrors.fetch(desk.repository)
                        } else {
                            let references = try await mirrors.references(desk.repository)
                            #expect(references.contains { $0.target == commit })
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(await mirrors.mirror(desk.repository).contains(commit: commit))
        }
    }

    @Test("a tag that was moved to a commit that is here already is fetched for its build")
    func movedTag() async throws {
        try await Desk.with { desk in
            let tag = GitRef("refs/tags/v1")
            let first = try desk.push(["a": "1"])
            try desk.git("tag", "v1", first)
            try desk.git("push", "-q", "origin", "v1")
            let second = try desk.push(["a": "2"])
            try await desk.mirrors.fetch(desk.repository)
            try desk.git("tag", "--force", "v1", second)
            try desk.git("push", "-q", "--force", "origin", "v1")
            let mirror = try await desk.mirrors.mirror(desk.repository, with: second, tag)
            #expect(try await mirror.resolve(tag.description) == second)
            // A build of what it was before still has its commit.
            _ = try await desk.mirrors.mirror(desk.repository, with: first, tag)
        }
    }
}
