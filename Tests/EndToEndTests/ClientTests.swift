import Foundation
import Testing

@testable import kozmic

/// The client's commands against a running server, as somebody calls them who has a GitHub token.
@Suite("The client", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct ClientTests {
    private static let script = """
        #!/bin/sh
        for n in $(seq 40); do echo "line $n"; sleep 0.1; done
        exit 3
        """

    @Test("a log is followed over the server's death without a gap or a double, and the job's outcome is the command's")
    func follow() async throws {
        try await World.with(Project.file(Self.script)) { world in
            let job = "\(world.repository)#1/tests"
            let commit = try await world.push(["a": "1"])
            try await world.logShows("line 3")
            let output = "\(world.folder)/followed"
            let followed = Task {
                try await Shell.result(
                    "sh", ["-c", #"exec "$0" logs -f "$1" >"$2""#, Program.kozmic, job, output],
                    environment: ["KOZMIC_SERVER": world.client.kozmic, "KOZMIC_TOKEN": "token-of-octocat"],
                    withErrors: true)
            }
            // Only what is followed goes on: a server that is away when it begins is an error at once.
            try await world.client.eventually("the log at the client", within: .seconds(60)) {
                try String(contentsOfFile: output, encoding: .utf8).contains("line 3") ? true : nil
            }
            try await world.logShows("line 6")
            await world.kill()
            try await world.serve()
            let result = try await followed.value
            try await world.expect(commit, "failure")
            let log = try await world.log(build: 1)
            #expect(result.status == 1 && result.output == "tests: failure\n", "\(result.output)")
            #expect(try String(contentsOfFile: output, encoding: .utf8) == log)
            let lines = log.split(separator: "\n").filter { $0.hasPrefix("line ") }
            #expect(lines.map(String.init) == (1...40).map { "line \($0)" })

            let plain = try await world.ask(["logs", job])
            #expect(plain.status == 0 && plain.output == log)
            let json = try await world.ask(["logs", "--json", job])
            let texts = try json.output.split(separator: "\n").map { line in
                try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["text"] as? String
            }
            #expect(texts.compactMap(\.self).filter { $0.hasPrefix("line ") }.count == 40)
            try await change(world, commit)
        }
    }

    @Test("a failed job's log against the last green one: 0 when only times and ids differ, 1 with the lines that do")
    func compare() async throws {
        let script = "#!/bin/sh\ndate; cat /proc/sys/kernel/random/uuid; cat greeting\ngrep -q hello greeting\n"
        try await World.with(Project.file(script)) { world in
            for (text, outcome) in [("hello", "success"), ("hello", "success"), ("good bye", "failure")] {
                let files = ["greeting": "\(text)\n", "README": UUID().uuidString]
                try await world.expect(try await world.push(files), outcome)
            }
            let job = "\(world.repository)#2/tests"
            let same = try await world.ask(["log-diff", job])
            #expect(same.status == 0 && same.output.contains("#1"), "\(same.output)")
            let lines = try await world.ask(["log-diff", "\(world.repository)#3/tests"])
            #expect(lines.status == 1, "\(lines.output)")
            let texts = lines.output.split(separator: "\n").map(String.init)
            #expect(texts.contains { $0.hasPrefix("-") && $0.hasSuffix("hello") }, "\(lines.output)")
            #expect(texts.contains { $0.hasPrefix("+") && $0.hasSuffix("good bye") }, "\(lines.output)")
            #expect(!texts.contains { $0.hasPrefix("+") && $0.contains("UTC") }, "\(lines.output)")
        }
    }

    @Test("a stranger's pull request runs once its commit is approved from the terminal, and by a manager only")
    func approve() async throws {
        try await World.with(
            Project.file("#!/bin/sh\ncat gift\n", more: "    on: {pull_request: {branches: [main]}}\n")
        ) { world in
            try await world.client.control("POST", "users", ["login": "hubot", "token": "token-of-hubot"])
            try await world.client.control("POST", "repos/\(world.repository)/forks", ["owner": "hubot"])
            let name = String(world.repository.dropFirst(5))
            let commit = try await world.client.control(
                "POST", "repos/hubot/\(name)/commits",
                ["branch": "gift", "message": "A gift", "files": ["gift": "flowers\n"], "sender": "hubot"],
                as: DemoClient.Commit.self
            ).sha
            try await world.client.control(
                "POST", "repos/\(world.repository)/pulls", ["title": "A gift", "head": "hubot:gift", "user": "hubot"])
            let build = "\(world.repository)#1"
            let waiting = try await world.client.eventually("the build", within: .seconds(60)) {
                let list = try await world.ask(["builds", world.repository, "--json"])
                return list.output.contains(commit) ? list.output : nil
            }
            #expect(waiting.contains("\"queued\""), "\(waiting)")
            try await world.client.eventually("octocat's role", within: .seconds(60)) {
                try await world.ask(["builds", "--json"]).output.contains("\"role\" : \"manager\"") ? true : nil
            }
            for (arguments, token, words) in [
                ([String(commit.prefix(8))], "token-of-hubot", "403"),
                ([String(commit.prefix(8))], "", "Send a GitHub token"),
                (["0123456"], "token-of-octocat", "is of the commit \(commit)"),
                (["123"], "token-of-octocat", "--commit"),
            ] {
                let refused = try await world.ask(["approve", build, "--commit"] + arguments, token: token)
                #expect(refused.status != 0, "\(refused.output)")
                if words != "403" { #expect(refused.output.contains(words), "\(refused.output)") }
            }
            #expect(try await world.log(build: 1) == "")
            let approved = try await world.ask(["approve", build, "--commit", String(commit.prefix(8)).uppercased()])
            #expect(approved.status == 0 && approved.output.contains("#1"), "\(approved.output)")
            try await world.expect(commit, "success")
            #expect(try await world.log(build: 1).contains("flowers\n"))
            let page = try #require(try await world.client.page("\(world.repository)/builds/1"))
            #expect(page.contains("Approved by octocat.") && page.contains("untrusted"))
            let again = try await world.ask(["approve", build, "--commit", commit])
            #expect(again.status == 1 && again.output.contains("build #1 does not wait for"), "\(again.output)")
        }
    }

    /// Lists, reruns, cancels and explains.
    private func change(_ world: World, _ commit: String) async throws {
        let build = "\(world.repository)#1"
        try await world.client.eventually("octocat's role", within: .seconds(60)) {
            let list = try await world.ask(["builds", "--json"])
            return list.output.contains("\"role\" : \"manager\"") ? true : nil
        }
        let list = try await world.ask(["builds", world.repository, "--branch", "main"])
        #expect(list.status == 0 && list.output.hasPrefix("#1  failure  main"), "\(list.output)")
        let none = try await world.ask(["builds", world.repository, "--status", "success", "--json"])
        #expect(none.status == 0 && !none.output.contains("\"number\""), "\(none.output)")

        let stranger = try await world.ask(["rerun", build], token: "")
        #expect(stranger.status == 1 && stranger.output.contains("Send a GitHub token"), "\(stranger.output)")
        let unknown = try await world.ask(["rerun", build], token: "nobodys-token")
        #expect(unknown.status == 1 && unknown.output.contains("GitHub does not accept this token"))
        #expect(!unknown.output.contains("nobodys-token"))
        let approved = try await world.ask(["approve", build, "--commit", String(commit.prefix(8))])
        #expect(approved.status == 1 && approved.output.contains("does not wait for an approval"), "\(approved.output)")
        let rerun = try await world.ask(["rerun", build])
        #expect(rerun.status == 0 && rerun.output.contains("attempt 2"), "\(rerun.output)")
        let cancelled = try await world.ask(["cancel", "\(build)/tests"])
        #expect(cancelled.status == 0 && cancelled.output.contains("cancelled by octocat"), "\(cancelled.output)")
        let followed = try await world.ask(["logs", "-f", build])
        #expect(followed.status == 1, "\(followed.output)")

        let why = try await world.ask(["explain", "commit", String(commit.prefix(10))])
        #expect(
            why.status == 0 && why.output.contains("tests: runs") && why.output.contains("build #1"), "\(why.output)")
        let first = ["\(build)/tests", "--attempt", "1"]
        let noGreen = try await world.ask(["log-diff"] + first)
        #expect(noGreen.status == 2 && noGreen.output.contains("in which tests passed"), "\(noGreen.output)")
        let forbidden = try await world.ask(["delete-log", "--yes"] + first, token: "")
        #expect(forbidden.status == 1 && forbidden.output.contains("Send a GitHub token"), "\(forbidden.output)")
        #expect(try await world.ask(["logs"] + first).output.contains("line 40"))
        let deleted = try await world.ask(["delete-log", "--yes"] + first)
        #expect(deleted.status == 0 && deleted.output.contains("The log of attempt 1 of"), "\(deleted.output)")
        for arguments in [["logs"], ["logs", "-f"], ["delete-log", "--yes"]] {
            let gone = try await world.ask(arguments + first)
            #expect(gone.status == 1 && gone.output.contains("was deleted by octocat"), "\(gone.output)")
        }
        let latest = try await world.ask(["delete-log", "--yes", "--json", "\(build)/tests"])
        #expect(latest.status == 0 && latest.output.contains("\"logDeletedBy\" : \"octocat\""), "\(latest.output)")
        let all = try await world.ask(["logs", build])
        #expect(all.status == 0 && all.output.contains("tests: its log was deleted by octocat"), "\(all.output)")
        let nowhere = try await world.ask(["builds", "--server", "http://127.0.0.1:9"])
        #expect(nowhere.status == 1 && nowhere.output.contains("cannot be asked"), "\(nowhere.output)")
        for shell in ["bash", "zsh", "fish"] {
            let words = try await world.ask(["--generate-completion-script", shell])
            #expect(words.status == 0 && words.output.contains("approve"), "\(shell)")
        }
    }
}
