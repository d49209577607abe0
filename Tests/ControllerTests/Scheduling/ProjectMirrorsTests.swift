import Git
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
}
