import Foundation
import Model
import Store
import Testing

@testable import Web

/// When GitHub last told something, on the pages and in the API.
@Suite("Last heard from GitHub")
struct HeardTests {
    private func found(_ site: Site, _ project: ProjectRecord, _ commit: String) async throws {
        let event = TriggerEvent(kind: .push, ref: .branch("main"), commit: Site.commit(commit))
        try await site.store.createFoundBuild(
            NewBuild(
                projectID: project.id, event: event, hooks: project.config.hooks, trusted: true,
                configCommit: project.configCommit, pageURL: { number, _ in "http://ci/\(number)" }),
            decision: "found by comparing heads")
    }

    private func tell(_ site: Site, _ project: ProjectRecord, _ guid: String) async throws {
        _ = try await site.store.inbox.store(
            NewDelivery(
                repository: project.repository, hook: try Site.hook("tests"), guid: guid, event: "push",
                payload: Array("{}".utf8)))
    }

    /// What a page says, without its marks.
    private func words(_ site: Site, _ path: String, _ headers: [String: String] = [:]) async throws -> String {
        try await site.client.get(path, headers).text.replacing(#/<[^>]*>/#, with: "")
    }

    @Test("pages say when that was and what it was, and how many events were found without it")
    func pages() async throws {
        try await Site.with(showsPrivate: true) { site in
            site.clock.set(Date(timeIntervalSinceNow: -5_400))
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            let pages = ["/acme/widget/settings", "/_sync"]
            for page in pages {
                let text = try await words(site, page)
                #expect(text.contains("Nothing heard from GitHub yet; the project was declared 1 h ago."), "\(page)")
                #expect(!text.contains("did not tell"), "\(page)")
            }
            try await found(site, project, "a")
            for page in pages {
                let text = try await words(site, page)
                #expect(text.contains("Nothing heard from GitHub yet;"), "\(page)")
                #expect(
                    text.contains(
                        "GitHub did not tell of 1 event since then; found by comparing heads, last 1 h ago."),
                    "\(page)")
            }
            try await tell(site, project, "g1")
            for page in pages {
                let text = try await words(site, page)
                #expect(text.contains("Last heard from GitHub 1 h ago (push)."), "\(page)")
                #expect(text.contains("An event that it did not tell of was last found 1 h ago."), "\(page)")
                #expect(!text.contains("did not tell of 1"), "\(page)")
            }
            for commit in ["b", "c"] { try await found(site, project, commit) }
            for page in pages {
                #expect(try await words(site, page).contains("GitHub did not tell of 2 events since then;"), "\(page)")
            }
            try await site.declare([])
            #expect(try await !words(site, "/acme/widget/settings").contains("GitHub did not tell"))
        }
    }

    @Test("the API says the same; which event it was is for those who may know people")
    func api() async throws {
        let office = TokenOffice()
        try await Site.with(adminRepository: "acme/config", account: office.account) { site in
            let project = try await site.prepareForAPI()[1]
            let path = "/projects/acme/widget"
            #expect(try await site.api(ProjectDocument.self, path).heard?.foundSince == 0)
            #expect(try await site.api(ProjectDocument.self, path).heard?.at == nil)
            try await tell(site, project, "g1")
            try await found(site, project, "a")
            for (login, event) in [(nil, nil), ("member", "push"), ("reader", "push")] as [(String?, String?)] {
                let heard = try #require(try await site.api(ProjectDocument.self, path, as: login).heard)
                #expect(heard.at != nil && heard.foundAt != nil && heard.foundSince == 1, "\(login ?? "a stranger")")
                #expect(heard.event == event, "\(login ?? "a stranger")")
            }
            #expect(try await !words(site, "/acme/widget/settings").contains("(push)"))
            let list = try await site.api(ProjectListDocument.self, "/projects", as: "member")
            #expect(list.projects.allSatisfy { $0.heard == nil })
            let sync = try await site.api(SyncDocument.self, "/sync", as: "reader")
            #expect(sync.projects.map(\.heard.foundSince) == [0, 1])
            #expect(sync.projects.map(\.heard.event) == [nil, "push"])
        }
    }
}
