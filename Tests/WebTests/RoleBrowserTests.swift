import Foundation
import Model
import Store
import Testing

@testable import Web

/// The three roles as people have them: signed in with GitHub, in a browser.
@Suite("Three roles in a browser", .enabled(if: Browser.path != nil, "Chromium is not installed"), .serialized)
struct RoleBrowserTests {
    /// What a page offers somebody.
    private struct Offer: Decodable, Equatable {
        var person: String
        /// Where the forms of the build's page go.
        var build: [String]
        /// Where those of the settings go.
        var settings: [String]
        /// Their own role, as the settings name it.
        var role: String
    }

    private static let look = """
        const look = async path => new DOMParser().parseFromString(await (await fetch(path)).text(), 'text/html');
        const send = async (form, fields) => (await fetch(form, { method: 'POST', body: new URLSearchParams(fields) }));
        const actions = page => [...page.querySelectorAll('form[method=post]')].map(form => form.getAttribute('action'));
        const token = async () => (await look('/_account')).querySelector('[name=csrf]').value;
        """

    /// Numbers of accounts by login.
    private func accounts(_ gitHub: StandIn, _ logins: [String]) async throws -> [String: Int64] {
        var accounts: [String: Int64] = [:]
        for login in logins {
            let answer = try await gitHub.control("POST", "users", ["login": login])
            let object = try JSONSerialization.jsonObject(with: answer) as? [String: Any]
            accounts[login] = try #require(object?["id"] as? Int64)
        }
        return accounts
    }

    @Test("member, manager and owner sign in one after the other: what each sees, may do, and may not")
    func roles() async throws {
        let port = try Connection.freePort()
        let base = "http://127.0.0.1:\(port)"
        let page = "/acme/secret-one/builds/1"
        let (rerun, sync) = (["\(page)/rerun"], ["/acme/secret-one/settings/sync"])
        let offers = [
            Offer(person: "mona", build: [], settings: [], role: "member"),
            Offer(person: "hubot", build: rerun, settings: sync, role: "manager"),
            Offer(person: "octocat", build: rerun, settings: sync, role: "owner"),
        ]
        try await StandIn.with(callback: "\(base)/_auth/callback") { gitHub in
            let accounts = try await accounts(gitHub, offers.map(\.person))
            try await Site.with(port: port, externalURL: base, signIn: gitHub.oauth) { site in
                let project = try await site.declare([try Site.project("acme/secret-one")])[0]
                let build = try await site.build(project)
                try await site.run(JobOutcome(state: .failure, exitCode: 1), log: "a line\n")
                let levels: [String: PermissionLevel] = ["mona": .pull, "hubot": .push, "octocat": .pull]
                let roles = try levels.map { login, level in
                    RoleRecord(personID: try #require(accounts[login]), login: login, level: level)
                }
                try await site.store.saveRoles(project.id, roles, fulfils: 0)
                try await Browser.with { browser in
                    var attempt = 1
                    for offer in offers {
                        try await gitHub.browser(offer.person)
                        try await browser.open(base)
                        let list = try await browser.evaluate(String.self, "return document.body.textContent")
                        #expect(list.contains("Sign in") && !list.contains("secret-one"))
                        try await browser.open("\(base)/_login?return=\(page)")
                        let seen = try await browser.evaluate(
                            Offer.self,
                            """
                            \(Self.look)
                            const settings = await look('/acme/secret-one/settings');
                            const person = document.querySelector('nav.person').textContent;
                            const members = [...settings.querySelectorAll('#members dt')];
                            return {
                              person, build: actions(document), settings: actions(settings),
                              role: members.find(name => name.textContent === person).nextElementSibling.textContent.split(' ')[0],
                            };
                            """)
                        #expect(seen == offer)
                        // Whoever has no button and sends its form all the same is refused.
                        let status = try await browser.evaluate(
                            Int.self,
                            "\(Self.look) return (await send('\(page)/rerun', { csrf: await token(), with: 'then' })).status"
                        )
                        #expect(status == (offer.build.isEmpty ? 403 : 200))
                        if !offer.build.isEmpty {
                            attempt += 1
                            #expect(try await site.store.jobs(build.id).map(\.attempt) == [attempt])
                            try await site.run(JobOutcome(state: .failure, exitCode: 1), log: "a line\n")
                        }
                        _ = try await browser.evaluate("\(Self.look) await send('/_logout', { csrf: await token() })")
                    }
                    #expect(try await site.store.jobs(build.id).map(\.attempt) == [3])
                    try await browser.open(base)
                    #expect(
                        try await browser.evaluate(
                            Bool.self, "return document.body.textContent.includes('Sign in')"))
                    // The refusal is what the browser tells of.
                    #expect(browser.complaints.filter { !$0.contains("403") } == [])
                }
            }
        }
    }
}
