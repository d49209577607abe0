import Foundation
import Testing

@testable import kozmic

/// `kozmic bisect` against a running server.
@Suite(
    "The client's search for a commit, on a server",
    .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct ClientBisectTests {
    @Test("managers begin a search from a terminal and follow it to the commit; others see it, and the page names it")
    func search() async throws {
        try await World.with(Project.file("#!/bin/sh\ntest ! -e broken\n")) { world in
            try await world.expect(try await world.push(["README": "second\n"]), "success")
            let commits = try await pushFour(world)
            try await world.expect(commits[3], "failure")
            let job = "\(world.repository)#2/tests"
            try await world.client.eventually("octocat's role", within: .seconds(60)) {
                try await world.ask(["builds", "--json"]).output.contains("\"role\" : \"manager\"") ? true : nil
            }
            let stranger = try await world.ask(["bisect", job], token: "")
            #expect(stranger.status == 1 && stranger.output.contains("Send a GitHub token"), "\(stranger.output)")
            let none = try await world.ask(["bisect", job, "--stop"])
            #expect(none.status == 1 && none.output.contains("Nobody searched for the commit"), "\(none.output)")
            let green = try await world.ask(["bisect", "\(world.repository)#1/tests"])
            #expect(green.status == 1 && green.output.contains("did not fail"), "\(green.output)")

            let found = try await world.ask(["bisect", "-f", job])
            let lines = found.output.split(separator: "\n").map(String.init)
            let (culprit, before) = (commits[1].prefix(7), commits[0].prefix(7))
            #expect(
                found.status == 0
                    && lines == [
                        "4 commits on main since \(world.repository)#1 passed",
                        "\(world.repository)#3  \(culprit)  failure", "\(world.repository)#4  \(before)  success",
                        "broken by \(culprit) Change 2, by Ada",
                        "\(world.client.gitHub)/\(world.repository)/commit/\(commits[1])",
                    ], "\(found.output)")
            let again = try await world.ask(["bisect", job, "--json"], token: "")
            #expect(again.status == 0 && again.output.contains("\"state\" : \"found\""), "\(again.output)")
            let page = try #require(try await world.client.page("\(world.repository)/builds/2/jobs/tests"))
            #expect(page.contains("Broken by <a class=\"sha\"") && page.contains("Change 2</span> by Ada, as <a"))
        }
    }

    /// Four commits by one push, the oldest first; the second one breaks it.
    private func pushFour(_ world: World) async throws -> [String] {
        let clone = try await world.clone()
        let ids = try await Shell.script(
            """
            for number in 1 2 3 4; do
                test $number != 2 || touch broken
                echo $number >file
                git add .
                git commit --quiet --message "Change $number"
                git rev-parse HEAD
            done
            git push --quiet origin main
            """, in: clone, environment: World.gitEnvironment)
        return ids.split(separator: "\n").map(String.init)
    }
}
