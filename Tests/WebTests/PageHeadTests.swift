import Foundation
import Model
import Store
import Testing

@testable import GitHub
@testable import Web

/// What a tab and a chat show of a page, and where its claims lead.
@Suite struct PageHeadTests {
    @Test("each state has an icon of its own shape, which needs no style sheet")
    func icons() async throws {
        let states = ["queued", "running", "success", "failure", "error", "cancelled", "skipped", "waiting"]
        #expect(Set(Assets.colours.keys) == Set(states))
        let icons = states.map { StateMark.icon($0, colour: "#123456") }
        #expect(Set(icons).count == states.count)
        for icon in icons {
            #expect(icon.hasPrefix("<svg ") && icon.contains("xmlns=") && icon.contains("#123456"))
            #expect(!icon.contains("class="), "\(icon)")
        }
        #expect(Assets.icon(nil) == "kozmic-plain.svg" && Assets.icon(StateMark(.error)) == "kozmic-error.svg")
        try await Site.with { site in
            for state in states + ["plain"] {
                let icon = try await site.client.get("/_assets/kozmic-\(state).svg")
                #expect(icon.status == 200 && icon.headers["content-type"] == "image/svg+xml")
            }
        }
    }

    @Test("a project whose default branch is red says so, whatever was built since on other branches")
    func redMain() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            func build(_ message: String, _ ref: GitRef, _ state: JobState) async throws {
                try await site.build(project, message, ref: ref)
                try await site.run(JobOutcome(state: state, exitCode: state == .success ? 0 : 1))
            }
            func list(_ shown: String, isRed: Bool) async throws {
                try await eventually {
                    let page = try await site.client.get("/").text
                    return page.contains("</span> \(shown)</a>")
                        && page.contains("href=\"/acme/widget/builds/1\">main is red</a>") == isRed
                }
            }
            try await build("Break it", .branch("main"), .failure)
            try await list("Break it", isRed: false)
            try await build("Elsewhere", .branch("topic"), .success)
            try await list("Elsewhere", isRed: true)
            try await build("Mend it", .branch("main"), .success)
            try await build("Elsewhere again", .branch("topic"), .failure)
            try await list("Elsewhere again", isRed: false)
        }
    }

    @Test("the list of projects says in its title how many are red, and in its description what else it shows")
    func projects() async throws {
        try await Site.with(externalURL: "https://ci.example.org") { site in
            let names = ["acme/a", "acme/b", "acme/c", "acme/secret"]
            let records = try await site.declare(try names.map { try Site.project($0) })
            for (record, state) in zip(records, [JobState.failure, .error, .success, .failure]) {
                try await site.build(record)
                try await site.run(JobOutcome(state: state, exitCode: state == .success ? 0 : 1))
            }
            try await eventually {
                try await site.client.get("/").text.contains("<title>1 failed, 1 error · Projects · Kozmic</title>")
            }
            let page = try await site.client.get("/").text
            #expect(page.contains("property=\"og:description\" content=\"3 projects: 1 error, 1 failed, 1 passed\""))
            #expect(page.contains("property=\"og:url\" content=\"https://ci.example.org/\""))
            #expect(page.contains("/_assets/kozmic-failure.svg?"))
        }
    }

    @Test("pages of a project have an address and a description; what is not there has neither")
    func addresses() async throws {
        try await Site.with(externalURL: "https://ci.example.org") { site in
            let project = try await site.declare([Site.project("acme/widget")])[0]
            func head(_ page: String) async throws -> (url: String?, description: String?) {
                let text = try await site.client.get(page).text
                let url = text.firstMatch(of: #/property="og:url" content="([^"]*)"/#)?.output.1
                let description = text.firstMatch(of: #/property="og:description" content="([^"]*)"/#)?.output.1
                return (url.map(String.init), description.map(String.init))
            }
            let base = "https://ci.example.org/acme/widget"
            #expect(try await head("/acme/widget") == (base, "acme/widget was not built yet"))
            try await site.build(project, "Say <why>")
            try await site.run(log: "fine\n")
            let sentence = "Say &lt;why&gt;, by Mona Octocat on main: passed"
            #expect(try await head("/acme/widget?ref=main") == (base, sentence))
            #expect(try await head("/acme/widget/builds/1") == ("\(base)/builds/1", sentence))
            #expect(
                try await head("/acme/widget/builds/1/jobs/tests?attempt=1")
                    == ("\(base)/builds/1/jobs/tests", sentence))
            #expect(try await head("/acme/widget/builds") == ("\(base)/builds", "The builds of acme/widget"))
            #expect(try await head("/acme/nothing") == (nil, nil))
            let text = try await site.client.get("/acme/widget/builds/1").text
            #expect(text.contains("<body data-settles>"))
            #expect(try await !site.client.get("/acme/widget").text.contains("data-settles"))
        }
    }

    @Test("the configuration's commit, the build with the same tree and a script's file are links")
    func causes() async throws {
        try await Site.with(adminRepository: "acme/ci") { site in
            let record = try await site.declare([Site.project("acme/widget", hooks: ["docs", "tests"])])[0]
            let file = "projects/acme/widget.yaml"
            let values = [
                ExplainedValue(
                    path: "hooks.docs.build_script", value: "#!/bin/sh\nmake\n", level: .hook,
                    place: ConfigPlace(file: file, line: 8, lastLine: 10)),
                ExplainedValue(
                    path: "hooks.tests.build_script", value: "#!/bin/sh\nmake\n", level: .hook,
                    place: ConfigPlace(file: file, line: 14), script: ConfigPlace(file: "scripts/test.sh", line: 1)),
            ]
            try await site.store.saveProjectSettings([(record.repository, values)], commit: "c1")
            let commit = "<a href=\"https://github.com/acme/ci/commit/\(record.configCommit)\"><code>"
            let settings = try await site.client.get("/acme/widget/settings").text
            #expect(settings.contains("by commit \(commit)"))
            for place in ["\(file)#L8-L10", "scripts/test.sh#L1"] {
                #expect(
                    settings.contains(
                        "Build script</summary><p class=\"quiet\"><a href=\"https://github.com/acme/ci/blob/c1/\(place)\""
                    ), "\(place)")
            }
            try await site.build(record)
            let reason = ReusedVerdict(build: 1).reason
            for reason in [reason, "\(reason) or so"] {
                try await site.run(JobOutcome(state: .success, reason: reason))
            }
            let build = try await site.client.get("/acme/widget/builds/1").text
            #expect(build.contains("Configured by commit \(commit)"))
            let link = "<a href=\"/acme/widget/builds/1/jobs/docs\">\(reason)</a>"
            #expect(build.contains(link) && build.contains("<span class=\"sub\">\(reason) or so</span>"))
            let job = try await site.client.get("/acme/widget/builds/1/jobs/docs").text
            #expect(job.contains("<p class=\"reason\">\(link)</p>"))
        }
        try await Site.with { site in
            let record = try await site.declare([Site.project("acme/widget")])[0]
            try await site.build(record)
            let page = try await site.client.get("/acme/widget/builds/1").text
            #expect(page.contains("Configured by commit <code>\(record.configCommit.prefix(7))</code>"))
        }
    }

    @Test("a job that runs says how long it usually takes")
    func usually() async throws {
        try await Site.with { site in
            let project = try await site.declare([Site.project("acme/widget")])[0]
            for seconds in [70.0, 80, 95] {
                try await site.build(project, "Change \(seconds)")
                try await site.run(seconds: seconds)
            }
            try await site.build(project, "Now")
            _ = try #require(try await site.store.claimNextJob())
            let page = "/acme/widget/builds/4/jobs/tests"
            #expect(try await site.client.get(page).text.contains(", usually 1 m 20 s</span>"))
            #expect(try await site.client.get("\(page)?part=head").text.contains(", usually 1 m 20 s</span>"))
            #expect(try await !site.client.get("/acme/widget/builds/3/jobs/tests").text.contains("usually"))
        }
    }

    @Test("what is left of GitHub's quota is a bar beside its words", arguments: [0, 1250, 5000, 9000])
    func quota(remaining: Int) throws {
        let pacing = GitHubQuota(
            identity: "token", limit: 5000, remaining: remaining, resetsAt: nil, closedUntil: nil, waiting: 0,
            writesInHour: 0, requests: 0, unchanged: 0)
        let share = [0: "0", 1250: "25", 5000: "100", 9000: "100"][remaining]
        #expect(QuotaValues.make(pacing)["share"].map { "\($0)" }?.contains("\"\(share ?? "")\"") == true)
        #expect(QuotaValues.make(pacing)["left"] != nil)
    }
}
