import Foundation
import Model
import Store
import Testing

@testable import Web

@Suite("The API has what the pages show beside builds and logs")
struct APIPageTests {
    @Test("branches and tags with their newest builds, the other builds of a commit, and since when main is red")
    func branches() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            let refs = [
                GitRef.branch("main"), .branch("one"), .pullRequest(4), GitRef("refs/tags/v1"), .branch("main"),
            ]
            for (number, ref) in refs.enumerated() {
                let commit = ref == .branch("main") ? nil : Site.commit("the same")
                try await site.build(project, "Change \(number)", commit: commit, ref: ref)
                try await site.run(number == 0 ? .success : JobOutcome(state: .failure, exitCode: 1))
            }
            let path = "/projects/acme/widget/branches"
            let all = try await site.api(BranchListDocument.self, path)
            #expect(all.branches.map(\.refName) == ["main", "v1", "one"] && all.next == nil)
            #expect(all.branches.map(\.isDefault) == [true, false, false])
            #expect(all.branches.map(\.latestBuild.number) == [5, 4, 2])
            #expect(all.mainStory?.failingSince == 5 && all.mainStory?.lastPassed == 1)
            var pages: [[String]] = []
            var next: String? = ""
            while let after = next {
                let query = "?limit=2" + (after.isEmpty ? "" : "&after=\(after)")
                let page = try await site.api(BranchListDocument.self, path + query)
                pages.append(page.branches.map(\.refName))
                next = page.next
            }
            #expect(pages == [["main", "v1"], ["one"]])
            for query in ["limit=0", "limit=201", "after=x"] {
                #expect(try await site.api("\(path)?\(query)").status == 400, "\(query)")
                #expect(try await site.api("/projects/acme/widget/pull-requests?\(query)").status == 400, "\(query)")
            }
            // An old commit that passes mends nothing, on no page.
            try await site.build(project, "Long ago", kind: .manual, isOffHead: true)
            try await site.run()
            let still = try await site.api(BranchListDocument.self, path)
            #expect(still.branches.first?.latestBuild.number == 5 && still.mainStory?.failingSince == 5)
            #expect(try await site.client.get("/acme/widget?ref=main").text.contains("Change 4"))
            #expect(try await site.client.get("/acme/widget/builds?ref=main").text.contains("Long ago"))
            // What the repository no longer has is left to the history.
            try await site.store.saveHeads(project.id, seen: ["refs/heads/main": Site.commit("Change 4")])
            let left = try await site.api(BranchListDocument.self, path)
            #expect(left.branches.map(\.refName) == ["main"])

            let build = try await site.api(BuildDocument.self, "/projects/acme/widget/builds/2")
            #expect(build.siblings?.map(\.number) == [4, 3] && build.siblings?.map(\.refName) == ["v1", "#4"])
            let alone = try await site.api(BuildDocument.self, "/projects/acme/widget/builds/1")
            #expect(alone.siblings?.isEmpty == true)
        }
    }

    @Test("open pull requests a page at a time, and cached images")
    func pullRequestsAndImages() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            for number in 7...9 {
                try await site.build(
                    project, "Title \(number)\n\nWhy", ref: .pullRequest(number), author: "hubot", kind: .pullRequest,
                    pullRequest: number)
            }
            let path = "/projects/acme/widget/pull-requests"
            let page = try await site.api(PullRequestListDocument.self, "\(path)?limit=2")
            #expect(page.pullRequests.map(\.title) == ["Title 9", "Title 8"] && page.next == "8")
            #expect(page.pullRequests.first?.page == "https://github.com/acme/widget/pull/9")
            #expect(page.pullRequests.first?.latestBuild?.number == 3 && page.pullRequests.first?.author == "hubot")
            let rest = try await site.api(PullRequestListDocument.self, "\(path)?limit=2&after=8")
            #expect(rest.pullRequests.map(\.number) == [7] && rest.next == nil)

            let entry = CacheEntry(
                repository: project.repository.key, hook: "tests", key: String(repeating: "ab", count: 32))
            try await site.store.saveCachedImages([
                KnownImage(entry: entry, isTrusted: false, madeAt: site.clock.now, size: 123_000_000)
            ])
            let images = try await site.api(ImageListDocument.self, "/projects/acme/widget/images").images
            #expect(images.map(\.key) == [entry.key] && images.map(\.size) == [123_000_000])
            #expect(images.first?.isTrusted == false && images.first?.lastUsedAt == nil)
        }
    }

    @Test("the parts of a log, with the groups' names as they were written")
    func sections() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            try await LogSectionTests.write(site, job.id)
            try await site.store.finishJob(job.id, JobOutcome(state: .failure, exitCode: 1))
            let found = try await site.api(
                LogSectionsDocument.self, "/projects/acme/widget/builds/1/jobs/tests/log/sections")
            #expect(found.sections.map(\.kind) == ["prepare", "install", "build", "group", "group", "group"])
            #expect(found.sections.compactMap(\.name) == ["Fetch \u{1B}[31mred\u{1B}[0m <b>", "Compile", "Link"])
            #expect(found.sections[3].header == 6 && found.sections[3].last == 9 && found.sections[3].isDone)
            #expect(found.ends == [9])
            // The page needs them as HTML, and only so.
            let page = try await site.client.get("/acme/widget/builds/1/jobs/tests/log/sections").text
            #expect(page.contains("html") && !page.contains("name"))
        }
    }

    @Test("a job alone tells where its time went, and how long the hook usually takes")
    func times() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            for seconds in [10, 90, 20] {
                try await site.build(project, "\(seconds)")
                let job = try #require(try await site.store.claimNextJob()).job
                site.clock.advance(TimeInterval(seconds))
                try await site.store.finishJob(job.id, JobOutcome(state: .success, exitCode: 0))
            }
            func job(_ number: Int) async throws -> JobDocument {
                try await site.api(JobDocument.self, "/projects/acme/widget/builds/\(number)/jobs/tests")
            }
            let first = try await job(1)
            #expect(first.usualSeconds == nil && first.times?.map(\.kind) == ["prepare"])
            #expect(first.times?.first?.startedAt == first.startedAt)
            #expect(first.times?.first?.finishedAt == first.finishedAt)
            try await site.build(project, "Waits")
            let waiting = try await job(4)
            #expect(waiting.usualSeconds == 20 && waiting.times == nil)
            _ = try await site.store.claimNextJob()
            let running = try await job(4)
            #expect(running.times?.map(\.kind) == ["prepare"] && running.times?.first?.finishedAt == nil)
            let build = try await site.api(BuildDocument.self, "/projects/acme/widget/builds/1")
            #expect(build.jobs?.first?.times == nil)
        }
    }

    @Test("what GitHub has and nobody asked for is told as the lines that would declare it")
    func adoptions() async throws {
        try await Site.with(showsPrivate: true) { site in
            let projects = try await site.declare([
                try Site.project("acme/widget"), try Site.project("acme/gadget"), try Site.project("acme/same"),
            ])
            for project in projects.prefix(2) {
                let difference = DriftDifference(
                    object: "collaborator hubot", field: "permission", old: "pull", new: "admin")
                try await site.store.setDrift(project.id, [difference])
            }
            let sync = try await site.api(SyncDocument.self, "/sync")
            #expect(sync.adoptions.map(\.repository) == ["acme/gadget", "acme/widget"])
            #expect(sync.adoptions.map(\.file) == ["projects/acme/gadget.yaml", "projects/acme/widget.yaml"])
            #expect(sync.adoptions.allSatisfy { $0.yaml.contains("hubot: admin\n") })
            let page = try await site.client.get("/_sync").text
            #expect(page.contains("hubot: admin"))
        }
    }

    @Test("diagnostics quote the line that they are about")
    func excerpts() async throws {
        try await Site.with(showsPrivate: true) { site in
            let diagnostics = """
                [{"path":"kozmic.yaml","line":12,"column":5,"severity":"error","message":"unknown key 'tiemout'",
                  "excerpt":{"text":"    tiemout: 5m","column":5,"before":"  tests:"}},
                 {"path":"a.yaml","line":1,"column":1,"severity":"warning","message":"no effect"}]
                """
            try await site.store.saveRevision(
                ConfigRevision(
                    commit: "bad1", authorName: "Mona", committedAt: site.clock.now, message: "Oops",
                    diagnosticsJSON: diagnostics))
            let sync = try await site.api(SyncDocument.self, "/sync")
            #expect(sync.diagnostics.map(\.excerpt?.text) == ["    tiemout: 5m", nil])
            let excerpt = sync.diagnostics.first?.excerpt
            #expect(excerpt?.column == 5 && excerpt?.before == "  tests:" && excerpt?.after == nil)
        }
    }

    @Test("somebody sees where they are signed in, and signs out everywhere, by token or by cookie")
    func sessions() async throws {
        try await Site.with(account: TokenOffice().account) { site in
            func sessions(_ headers: [String: String], method: String = "GET", _ path: String = "") async throws
                -> (status: Int, current: [Bool])
            {
                let answer = try await site.api(
                    "/user/sessions\(path)", method: method, method == "GET" ? nil : "{}", headers: headers)
                let decoder = JSONDecoder()
                decoder.dateDecodingStrategy = .iso8601
                let list = try? decoder.decode(SessionListDocument.self, from: Data(answer.body))
                return (answer.status, list?.sessions.map(\.isCurrent) ?? [])
            }
            let one = try await site.signIn(2, "manager")
            site.clock.advance(60)
            let two = try await site.signIn(2, "manager")
            let other = try await site.signIn(1, "member")
            #expect(try await sessions(one.headers).current == [false, true])
            #expect(try await sessions(Site.bearer("manager")).current == [false, false])
            #expect(try await sessions([:]).status == 401)
            #expect(try await sessions([:], method: "POST", "/end").status == 401)
            // Another site cannot make a browser do it.
            #expect(try await sessions(one.headers, method: "POST", "/end").status == 403)
            #expect(try await sessions(two.headers).current.count == 2)

            let ended = try await sessions(Site.bearer("manager"), method: "POST", "/end")
            #expect(ended.status == 200 && ended.current.isEmpty)
            for gone in [one, two] { #expect(try await sessions(gone.headers).status == 401) }
            #expect(try await sessions(other.headers).current == [true])
            let token = other.headers.merging(["X-CSRF-Token": other.formToken]) { first, _ in first }
            #expect(try await sessions(token, method: "POST", "/end").status == 200)
            #expect(try await sessions(other.headers).status == 401)
        }
    }
}
