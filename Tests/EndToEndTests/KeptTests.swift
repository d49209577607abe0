import Foundation
import Testing

@testable import kozmic

/// `keep_failed`, `kozmic shell` and `reuse: tree` on a running server.
@Suite("After a job", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"), .timeLimit(.minutes(5)))
struct KeptTests {
    private func kozmic(_ world: World, _ arguments: String...) async throws -> Shell.Result {
        try await Shell.result(
            Program.kozmic, arguments, environment: ["DOCKER_HOST": world.setup.engine], withErrors: true)
    }

    @Test("A failed job can be looked into, also after a restart; the same tree is not built twice")
    func kept() async throws {
        let build = "#!/bin/bash\necho mine >~/left-behind\ntest \"$(cat code)\" = 0"
        let files = Project.file(build, more: "    keep_failed: 1h\n    reuse: tree\n")
        try await World.with(files) { world in
            let job = "\(world.repository)#1/tests"
            let failed = try await world.push(["code": "3\n"])
            try await world.expect(failed, "failure")
            try await world.logShows("The container is kept for 1 h: kozmic shell '\(job)'")
            await world.kill()
            try await world.serve()
            let look = "cat ~/left-behind; pwd; cat code; env | grep --count KOZMIC_BUILD_NUMBER=1"
            let shell = try await kozmic(world, "shell", job, "--", "sh", "-c", look)
            #expect(shell.status == 0 && shell.output == "mine\n/kozmic/src\n3\n1\n", "\(shell.output)")
            #expect(try await world.containers().count == 1, "the shell's own container is gone, the job's is not")
            let repro = try await kozmic(world, "repro", job, "--data-dir", world.dataDirectory)
            #expect(repro.status == 0 && repro.output.contains("checkout --quiet --detach \(failed)"))

            let tested = try await world.push(["code": "0\n"], branch: "topic")
            try await world.expect(tested, "success")
            let merged = try await world.push(["code": "0\n"], message: "Squashed")
            try await world.expect(merged, "success")
            let words = try await world.outcome(merged).description
            #expect(words == "Build #3 passed: the same tree passed in build #2")
            let none = try await kozmic(world, "shell", "\(world.repository)#2/tests")
            #expect(none.status == 1 && none.output.contains("no container of that job"))
        }
    }
}
