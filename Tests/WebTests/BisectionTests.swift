import Foundation
import Model
import Store
import Testing

@testable import Web

@Suite("The search for the commit that broke a job")
struct BisectionTests {
    private static let page = "/acme/widget/builds/2/jobs/tests"
    private static let path = "/projects\(page)/bisection"
    private static let failure = JobOutcome(state: .failure, exitCode: 1, reason: "it broke")

    /// `acme/widget`, and what the member and the manager may do in it.
    private func widget(_ site: Site) async throws -> ProjectRecord {
        let project = try await site.declare([try Site.project("acme/widget")])[0]
        try await site.store.saveRoles(
            project.id,
            [
                RoleRecord(personID: 1, login: "member", level: .triage),
                RoleRecord(personID: 2, login: "manager", level: .push),
            ], fulfils: 0)
        return project
    }

    private func link(_ commit: String) -> String {
        "<a class=\"sha\" href=\"https://github.com/acme/widget/commit/\(commit)\">\(commit.prefix(7))</a>"
    }

    @Test("managers begin and stop a search on the job's page, and everybody sees how far it is and what it found")
    func page() async throws {
        try await Site.with(bisections: Site.bisections) { site in
            let project = try await widget(site)
            let subject = try await site.broken(project)
            let (member, manager) = (try await site.signIn(1, "member"), try await site.signIn(2, "manager"))
            func head(_ person: SignedIn?) async throws -> String {
                try await site.client.get("\(Self.page)?part=head", person?.headers ?? [:]).text
            }
            let begin = "action=\"\(Self.page)/bisection?attempt=1\""
            let stop = "action=\"\(Self.page)/bisection/stop?attempt=1\""
            let offer = try await head(manager)
            #expect(
                offer.contains("3 commits since <a href=\"/acme/widget/builds/1\">#1</a> passed")
                    && offer.contains(begin))
            #expect(offer.contains("/compare/\(Site.commit("Good"))...\(Site.commit("Bad"))\">what changed</a>"))
            for person in [nil, member] {
                let html = try await head(person)
                #expect(!html.contains("bisection") && !html.contains("since <a"), "walking through commits is work")
                #expect(try await site.post("\(Self.page)/bisection", as: person).status == 403)
                #expect(try await site.post("\(Self.page)/bisection/stop", as: person).status == 403)
            }
            #expect(try await site.post("\(Self.page)/bisection", as: manager, token: "x").status == 403)
            #expect(try await site.post("\(Self.page)/bisection/stop", as: manager).status == 404)
            #expect(try await site.store.bisection(ofJob: subject.job.id) == nil)

            let begun = try await site.post("\(Self.page)/bisection?attempt=1", as: manager)
            #expect(begun.status == 303 && begun.headers["location"] == "\(Self.page)?attempt=1")
            // Twice is once.
            #expect(try await site.post("\(Self.page)/bisection", as: manager).status == 303)
            let report = try #require(try await site.store.bisection(ofJob: subject.job.id))
            #expect(report.record.startedBy == "manager")
            for person in [nil, member, manager] {
                let html = try await head(person)
                #expect(
                    html.contains("<p class=\"story\" data-open>Looking for the commit that broke it: 3 of 3 left. "))
                #expect(html.contains(" Asked for by manager, <time") && !html.contains(begin))
                #expect(html.contains(stop) == (person?.cookie == manager.cookie))
            }

            let middle = report.record.candidates[1].id
            let probe = try await site.probe(report, middle, of: project)
            let job = "/acme/widget/builds/\(probe.build)/jobs/tests?attempt=1"
            #expect(
                try await head(nil).contains(
                    "3 of 3 left, building \(link(middle)) in <a href=\"\(job)\">#\(probe.build)</a>. "))
            try await site.run(Self.failure, log: "broken\n")
            let later = try await head(nil)
            #expect(
                later.contains("broke it: 2 of 3 left. ")
                    && later.contains("Tried: <a class=\"failure\" href=\"\(job)\">"))

            try await site.store.finishBisection(report.record.id, .found, culprits: [middle])
            let found = try await head(manager)
            #expect(
                found.contains(
                    "<p class=\"story\">Broken by \(link(middle)) <span class=\"main\">Change 1 &lt;b&gt;[U+202E]</span> by Mona &amp; &quot;1&quot;, "
                        + "as <a href=\"\(job)\">#\(probe.build)</a> shows. Asked for by manager, <time"))
            #expect(!found.contains(stop) && !found.contains(begin) && !found.contains("data-open"))
            let seen = try await head(nil)
            for sign in ["<b>", "\u{202E}", "nil", "Optional("] { #expect(!seen.contains(sign), "\(sign)") }
            // What is over stays as it is.
            #expect(try await site.post("\(Self.page)/bisection/stop", as: manager).status == 303)
            #expect(try await head(nil).contains("Broken by "))
            // The job in the middle is none that one would search for.
            let own = try await site.client.get(job, manager.headers).text
            let asking = "<a href=\"\(Self.page)?attempt=1\">#2</a>"
            #expect(own.contains("Built to find the commit that broke \(asking).") && !own.contains("bisection"))
        }
    }

    @Test("an answer of several commits, of none, and no answer say why")
    func endings() async throws {
        try await Site.with(bisections: Site.bisections) { site in
            let project = try await widget(site)
            for (ref, state, reason) in [
                ("one", BisectionState.narrowed, nil), ("two", .elsewhere, "it <i>fails</i> by now."),
                ("three", .stopped, "stopped by mona"),
            ] as [(String, BisectionState, String?)] {
                try await site.build(project, "Good \(ref)", ref: .branch(ref))
                try await site.run()
                let red = try await site.build(project, "Bad \(ref)", ref: .branch(ref))
                let job = try await site.run(Self.failure)
                let good = try #require(try await site.store.goodEnds(before: job, of: red, limit: 1).first)
                let commits = Site.candidates(red, good, 25)
                let begun = try await site.store.startBisection(
                    NewBisection(
                        job: try #require(try await site.store.job(job.id)), build: red, good: good,
                        candidates: commits, startedBy: nil))
                let culprits = state == .narrowed ? commits.prefix(22).map(\.id) : []
                try await site.store.finishBisection(
                    begun.report.record.id, state, culprits: Array(culprits), reason: reason)
                let html = try await site.client.get("/acme/widget/builds/\(red.number)/jobs/tests").text
                let words =
                    switch state {
                    case .narrowed: "<p class=\"story\">One of these 22 commits broke it. It began by itself, <time"
                    case .elsewhere:
                        "<p class=\"story\">No commit broke it: it &lt;i&gt;fails&lt;/i&gt; by now. It began"
                    default: "broke it ended without an answer: stopped by mona. It began by itself, <time"
                    }
                #expect(html.contains(words), "\(state)")
                #expect(
                    html.components(separatedBy: "<p class=\"facts\"><a class=\"sha\"").count
                        == (culprits.isEmpty ? 1 : 21))
                #expect(html.contains("and 2 more commits") == !culprits.isEmpty)
                let answer = try await site.api(
                    BisectionDocument.self, "/projects/acme/widget/builds/\(red.number)/jobs/tests/bisection")
                #expect(answer.state == state.rawValue && answer.reason == reason && answer.startedBy == nil)
                #expect(answer.culprits.map(\.id) == culprits && answer.finishedAt != nil)
                #expect(answer.candidates == 25 && answer.left.count == 25 && answer.left.commits == nil)
            }
        }
    }

    @Test(
        "what keeps a search from beginning stands on the page, which is whole otherwise, and nothing is promised before"
    )
    func refused() async throws {
        try await Site.with(bisections: Site.bisections) { site in
            let project = try await widget(site)
            let manager = try await site.signIn(2, "manager")
            try await site.build(project, "Bad")
            try await site.run(Self.failure, log: "broken\n")
            let page = "/acme/widget/builds/1/jobs/tests"
            let before = try await site.client.get(page, manager.headers).text
            #expect(!before.contains("bisection") && !before.contains("role=\"alert\""))
            let answer = try await site.post("\(page)/bisection", as: manager)
            #expect(answer.status == 409 && answer.text.contains("id=\"rows\""))
            #expect(
                answer.text.contains(
                    "role=\"alert\"><span>Nothing &lt;b&gt;passed&lt;/b&gt; before #1. Look elsewhere.</span>"))
        }
    }

    @Test("one commit need not be searched for; a server that cannot search says so")
    func without() async throws {
        let one: @Sendable (Store) -> BisectionActions = { store in
            var actions = Site.bisections(store)
            actions.prospect = { _ in BisectionActions.Prospect(goodBuild: 1, good: "c0ffee", commits: 1) }
            return actions
        }
        for bisections in [nil, one] {
            try await Site.with(account: TokenOffice().account, bisections: bisections) { site in
                _ = try await site.broken(try await widget(site))
                let manager = try await site.signIn(2, "manager")
                let html = try await site.client.get(Self.page, manager.headers).text
                #expect(!html.contains("/bisection?"))
                #expect(html.contains("1 commit since <a") == (bisections != nil))
                guard bisections == nil else { return }
                #expect(try await site.post("\(Self.page)/bisection", as: manager).status == 503)
                #expect(try await site.api(Self.path, as: "manager", method: "POST").status == 503)
            }
        }
    }

    @Test("the API lets managers begin and stop, and those who may read the job look")
    func api() async throws {
        let office = TokenOffice()
        try await Site.with(account: office.account, bisections: Site.bisections) { site in
            let project = try await widget(site)
            let subject = try await site.broken(project)
            for (login, status) in [(nil, 401), ("member", 403), ("reader", 403)] {
                for method in ["POST", "DELETE"] {
                    #expect(try await site.api(Self.path, as: login, method: method).status == status, "\(method)")
                }
            }
            func problem(_ answer: Client.Answer) throws -> String {
                try JSONDecoder().decode(APIProblem.self, from: Data(answer.body)).error
            }
            for method in ["GET", "DELETE"] {
                let none = try await site.api(Self.path, as: "manager", method: method)
                #expect(try none.status == 404 && problem(none) == "no_bisection", "\(method)")
            }
            let early = "/projects/acme/widget/builds/1/jobs/tests/bisection"
            let refused = try await site.api(early, as: "manager", method: "POST")
            #expect(try refused.status == 409 && problem(refused) == "no_good_build")
            #expect(try await site.api(Self.path, as: "manager", method: "POST").status == 201)
            #expect(try await site.api(Self.path, as: "manager", method: "POST").status == 200)

            let begun = try await site.api(BisectionDocument.self, Self.path)
            #expect(begun.state == "running" && begun.ref == "refs/heads/main" && begun.refName == "main")
            #expect(begun.good == Site.commit("Good") && begun.goodBuild == 1)
            #expect(begun.bad == Site.commit("Bad") && begun.badBuild == 2)
            #expect(begun.candidates == 3 && begun.left.count == 3 && begun.left.commits?.count == 3)
            #expect(begun.left.commits?.first?.title == "Change 0 <b>\u{202E}")
            #expect(begun.left.commits?.first?.url == "https://github.com/acme/widget/commit/\(begun.bad)")
            #expect(begun.startedBy == "manager" && begun.finishedAt == nil && begun.probes.isEmpty)
            #expect(begun.page == "http://ci.example.org\(Self.page)?attempt=1")

            let report = try #require(try await site.store.bisection(ofJob: subject.job.id))
            let probe = try await site.probe(report, report.record.candidates[2].id, of: project)
            let going = try await site.api(BisectionDocument.self, Self.path, as: "member")
            #expect(going.probes.map(\.state) == ["queued"] && going.probes.first?.build == probe.build)
            #expect(
                going.probes.first?.page
                    == "http://ci.example.org/acme/widget/builds/\(probe.build)/jobs/tests?attempt=1")
            #expect(try await site.api(Self.path, as: "manager", method: "DELETE").status == 200)
            let ended = try await site.api(BisectionDocument.self, Self.path)
            #expect(ended.state == "stopped" && ended.reason == "stopped by manager" && ended.finishedAt != nil)
            #expect(ended.probes.map(\.state) == ["cancelled"] && ended.culprits.isEmpty)
            #expect(try await site.api(Self.path, as: "manager", method: "DELETE").status == 200, "as it was")
        }
    }

    @Test("of a private project nobody from outside sees a search")
    func secrets() async throws {
        try await Site.with(account: TokenOffice().account, bisections: Site.bisections) { site in
            let project = try await site.declare([try Site.project("acme/secret-one")])[0]
            let subject = try await site.broken(project)
            _ = try await Site.bisections(site.store).start(subject, "mona")
            let path = "/projects/acme/secret-one/builds/2/jobs/tests/bisection"
            for login in [nil, "reader", "manager"] {
                for method in ["GET", "POST", "DELETE"] {
                    #expect(try await site.api(path, as: login, method: method).status == 404)
                }
            }
            #expect(try await site.store.bisection(ofJob: subject.job.id)?.record.state == .running)
        }
    }
}
