import Foundation
import Model
import Store
import Testing

@testable import Web

/// What is left of a log that somebody deleted.
@Suite("Deleted logs")
struct DeletedLogTests {
    private static let page = "/acme/widget/builds/1/jobs/tests"
    private static let secret = "the password is hunter2"

    /// Two attempts of a job that failed, each with a log that shows a secret.
    private func prepare(_ site: Site) async throws -> (project: ProjectRecord, jobs: [JobRecord], manager: SignedIn) {
        let project = try await site.declare([try Site.project("acme/widget")])[0]
        let build = try await site.build(project)
        let outcome = JobOutcome(state: .failure, exitCode: 1, reason: "it broke")
        let log = "::group::\(Self.secret)\n\(Self.secret)\n"
        var jobs = [try await site.run(outcome, log: log)]
        _ = try await site.store.rerun(build.id, try Site.hook("tests"))
        jobs.append(try await site.run(outcome, log: log))
        try await site.store.saveRoles(
            project.id,
            [
                RoleRecord(personID: 1, login: "member", level: .triage),
                RoleRecord(personID: 2, login: "manager", level: .push),
            ], fulfils: 0)
        return (project, jobs, try await site.signIn(2, "manager"))
    }

    @Test("a form asks once more, and takes the log of the attempt that is open; what is left says who did it and when")
    func page() async throws {
        try await Site.with { site in
            let (_, jobs, manager) = try await prepare(site)
            let member = try await site.signIn(1, "member")
            let form = "action=\"\(Self.page)/log/delete?attempt=1\""
            let before = try await site.client.get("\(Self.page)?attempt=1", manager.headers).text
            #expect(before.contains(form) && before.contains("<details id=\"delete-log\">"))
            #expect(before.contains(Self.secret) && !before.contains("Its log was deleted"))
            for person in [member.headers, [:]] {
                #expect(try await !site.client.get("\(Self.page)?attempt=1", person).text.contains("/log/delete"))
            }
            // The answer leads to the attempt, and twice is once.
            for _ in 0..<2 {
                let answer = try await site.post("\(Self.page)/log/delete?attempt=1", as: manager)
                #expect(answer.status == 303 && answer.headers["location"] == "\(Self.page)?attempt=1")
            }
            let deletion = try #require(try await site.store.job(jobs[0].id)?.logDeletion)
            #expect(deletion.by == "manager")
            for query in ["?attempt=1", "?attempt=1&part=head"] {
                for person in [manager.headers, member.headers, [:]] {
                    let page = try await site.client.get(Self.page + query, person).text
                    let time = "<time datetime=\"\(Moment.exact(deletion.at))\""
                    #expect(page.contains("Its log was deleted by manager, \(time)"))
                    #expect(!page.contains("hunter2") && !page.contains("/log/delete") && !page.contains("id=\"log\""))
                    #expect(!page.contains("wrote no log"))
                }
            }
            #expect(try await site.client.get("\(Self.page)?attempt=2").text.contains(Self.secret))
            // The end of the newest attempt's log is on the build's page, until that goes as well.
            #expect(try await site.client.get("/acme/widget/builds/1").text.contains(Self.secret))
            _ = try await site.post("\(Self.page)/log/delete?attempt=2", as: manager)
            let build = try await site.client.get("/acme/widget/builds/1").text
            #expect(build.contains("it broke") && !build.contains("hunter2"))
            let left = try FileManager.default.subpathsOfDirectory(atPath: "\(site.folder)/logs")
            #expect(!left.contains { $0.hasSuffix(".log") || $0.hasSuffix(".chunks") }, "\(left)")
        }
    }

    @Test("no address gives anything of it, also while its files are still there")
    func addresses() async throws {
        try await Site.with { site in
            let (_, jobs, _) = try await prepare(site)
            try await site.store.deleteLog(jobs[0].id, by: "manager")
            // As after a crash between the row and the files.
            try await site.write(jobs[0].id, Self.secret)
            let words = "The log of attempt 1 of tests was deleted by manager on 20"
            for place in [Self.page, "/_api/v1/projects\(Self.page)"] {
                for path in ["", "/lines", "/sections", "/search?q=hunter2&", "/events", "/compare"] {
                    let address = "\(place)/log\(path)\(path.hasSuffix("&") ? "" : "?")attempt=1"
                    let answer = try await site.client.get(address)
                    #expect(answer.status == 410 && answer.text.contains(words), "\(address): \(answer.text)")
                    #expect(!answer.text.contains("hunter2"), "\(address)")
                }
            }
            let download = try await site.client.get("\(Self.page)/log?attempt=1&download")
            #expect(download.status == 410)
            #expect(try await site.client.get("\(Self.page)/log?attempt=2").text.contains(Self.secret))
            #expect(try await !site.client.get("\(Self.page)?attempt=1").text.contains("hunter2"))
        }
    }

    @Test("a stream that was open, or goes on after its connection was lost, ends as if the log did")
    func streams() async throws {
        try await Site.with { site in
            let (project, jobs, manager) = try await prepare(site)
            try await site.store.deleteLog(jobs[0].id, by: "manager")
            for headers in [["Last-Event-ID": "7"], ["Last-Event-ID": "0"]] {
                var stream = try await site.client.open("\(Self.page)/log/events?attempt=1", headers)
                let events = try await stream.rest()
                #expect(events.map(\.name) == ["end"] && events.first?.data.contains("failure") == true)
                #expect(events.first?.id == headers["Last-Event-ID"])
            }
            var page = try await site.client.open("\(Self.page)/log/events?attempt=1&offset=0")
            #expect(try await page.rest().map(\.name) == ["end"])

            // Somebody watches a job to its end while its log is deleted.
            try await site.build(project, "Another change")
            let job = try #require(try await site.store.claimNextJob()).job
            let path = "/acme/widget/builds/2/jobs/tests/log/"
            var stream = try await site.client.open("\(path)events")
            try await site.write(job.id, "a line\n")
            #expect(try await stream.next()?.log == "a line\n")
            #expect(try await site.post("\(path)delete?attempt=1", as: manager).status == 303)
            #expect(try await site.store.job(job.id)?.logDeletion == nil, "not while it runs")
            try await site.store.finishJob(job.id, JobOutcome(state: .failure, exitCode: 1))
            _ = try await site.post("\(path)delete?attempt=1", as: manager)
            #expect(try await site.store.job(job.id)?.logDeletion != nil)
            #expect(try await stream.rest().map(\.name) == ["end"])
        }
    }

    @Test("the API deletes one for managers, once; its job says who did it, and no longer where its time went")
    func api() async throws {
        let office = TokenOffice()
        try await Site.with(account: office.account) { site in
            let (project, _, manager) = try await prepare(site)
            let job = "/projects\(Self.page)"
            let log = "\(job)/log?attempt=1"
            func status(_ login: String?) async throws -> Int {
                try await site.api(log, as: login, method: "DELETE").status
            }
            #expect(try await status(nil) == 401)
            #expect(try await status("member") == 403)
            // Another site can make a browser send the cookie, but not the token.
            let forged = try await site.client.send("DELETE", "/_api/v1\(log)", manager.headers)
            #expect(forged.status == 403 && forged.text.contains("\"csrf\""))
            let before = try await site.api(JobDocument.self, "\(job)?attempt=1")
            #expect(before.logDeletedAt == nil && before.logDeletedBy == nil && before.times?.isEmpty == false)
            let token = manager.headers.merging(["X-CSRF-Token": manager.formToken]) { first, _ in first }
            #expect(try await site.client.send("DELETE", "/_api/v1\(log)", token).status == 200)
            let after = try await site.api(JobDocument.self, "\(job)?attempt=1")
            #expect(after.logDeletedBy == "manager" && after.logDeletedAt != nil && after.times == nil)
            let again = try await site.api(log, as: "manager", method: "DELETE")
            #expect(again.status == 410 && again.text.contains("was deleted by manager"))
            let build = try await site.api(BuildDocument.self, "/projects/acme/widget/builds/1")
            #expect(build.jobs?.map(\.attempt) == [2] && build.jobs?.first?.logDeletedBy == nil)

            try await site.build(project, "Another change")
            let open = "/projects/acme/widget/builds/2/jobs/tests/log"
            #expect(try await site.api(open, as: "manager", method: "DELETE").status == 409)
            let running = try #require(try await site.store.claimNextJob()).job
            let refused = try await site.api(open, as: "manager", method: "DELETE")
            #expect(refused.status == 409 && refused.text.contains("attempt 1 of tests has not ended"))
            try await site.store.finishJob(running.id, .success)
            let empty = try await site.api(open, as: "manager", method: "DELETE")
            #expect(empty.status == 409 && empty.text.contains("attempt 1 of tests wrote no log"))
            #expect(try await site.store.job(running.id)?.logDeletion == nil)
            let nothing = open.replacing("tests", with: "nothing")
            #expect(try await site.api(nothing, as: "manager", method: "DELETE").status == 404)
        }
    }

    @Test("there is no button where there is no log, and a project that is no longer declared has one")
    func button() async throws {
        try await Site.with { site in
            let (project, _, manager) = try await prepare(site)
            func hasButton(_ build: Int) async throws -> Bool {
                try await site.client.get("/acme/widget/builds/\(build)/jobs/tests", manager.headers).text
                    .contains("/log/delete")
            }
            try await site.build(project, "Another change")
            #expect(try await !hasButton(2))
            let job = try #require(try await site.store.claimNextJob()).job
            try await site.write(job.id, "a line\n")
            #expect(try await !hasButton(2), "not while it runs")
            try await site.store.finishJob(job.id, .success)
            #expect(try await hasButton(2))
            try await site.build(project, "One more")
            try await site.run()
            #expect(try await !hasButton(3))
            try await site.declare([])
            #expect(try await hasButton(2))
        }
    }
}
