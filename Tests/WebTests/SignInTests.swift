import Foundation
import GitHub
import Model
import OpenSSL
import Store
import Testing

@testable import Web

/// Sign-in with GitHub, against a stand-in that is as strict.
@Suite("Sign-in with GitHub")
struct SignInTests {
    private static let callback = "http://ci.example.org/_auth/callback"

    /// Goes the whole way. Answers the cookies that the browser has afterwards, and the last answer.
    private func signIn(
        _ site: Site, _ gitHub: StandIn, path: String = "/_login"
    ) async throws -> (cookie: String?, answer: Client.Answer) {
        let begun = try await site.client.get(path)
        try #require(begun.status == 303)
        let attempt = try #require(begun.cookies.first.map(Self.pair))
        let back = try await gitHub.authorize(try #require(begun.headers["location"]))
        let answer = try await site.client.get(Self.local(back), ["Cookie": attempt])
        return (answer.cookies.map(Self.pair).first { $0.hasPrefix("kozmic=") }, answer)
    }

    private static func pair(_ cookie: String) -> String { String(cookie.prefix { $0 != ";" }) }
    private static func local(_ url: String) -> String { url.replacing("http://ci.example.org", with: "") }

    @Test("somebody signs in, sees what GitHub lets them see, and signs out; nothing readable is left")
    func wholeWay() async throws {
        try await StandIn.with(callback: Self.callback) { gitHub in
            try await gitHub.browser("mona")
            try await Site.with(adminRepository: "acme/config", signIn: gitHub.oauth) { site in
                let secret = try await site.declare([try Site.project("acme/secret-one")])[0]
                let page = "/acme/secret-one/builds?ref=main"
                let stranger = try await site.client.get(page)
                #expect(stranger.status == 404 && stranger.text.contains("href=\"/_login\""))
                let begun = try await site.client.get("/_login")
                let address = try #require(begun.headers["location"])
                #expect(address.hasPrefix("\(gitHub.url)/login/oauth/authorize?client_id=Iv1.kozmic&"))
                #expect(address.contains("code_challenge_method=S256") && !address.contains("scope="))

                let (signedIn, answer) = try await signIn(
                    site, gitHub, path: "/_login?return=/acme/secret-one/builds%3Fref=main")
                #expect(answer.status == 303 && answer.headers["location"] == page)
                let cookie = try #require(signedIn)
                let whole = try #require(answer.cookies.first { $0.hasPrefix("kozmic=") })
                #expect(whole.contains("; HttpOnly; SameSite=Lax") && !whole.contains("Secure"))
                #expect(answer.cookies.contains { $0.hasPrefix("kozmic-login=;") })

                #expect(try await site.client.get(page, ["Cookie": cookie]).status == 404)
                let account = try await site.client.get("/_account", ["Cookie": cookie])
                #expect(account.status == 200 && account.text.contains(">mona</a>"))
                let person = try #require(try await site.store.peopleToCheck(before: .distantFuture).first)
                try await site.store.saveRoles(
                    secret.id, [RoleRecord(personID: person.id, login: "mona", level: .pull)], fulfils: 0)
                #expect(try await site.client.get(page, ["Cookie": cookie]).status == 200)

                // Neither GitHub's token nor the cookie can be read in the database.
                let token = try SignInToken.open(try #require(person.sealedToken), person: person.id, key: site.key)
                #expect(token.hasPrefix("gho_"))
                #expect(throws: CryptoError.self) {
                    try SignInToken.open(try #require(person.sealedToken), person: person.id + 1, key: site.key)
                }
                let files = try FileManager.default.contentsOfDirectory(atPath: site.folder).filter {
                    $0.hasPrefix("kozmic.sqlite")
                }
                for file in files {
                    let bytes = try Data(contentsOf: URL(filePath: "\(site.folder)/\(file)"))
                    #expect(bytes.range(of: Data(token.utf8)) == nil, "\(file)")
                    #expect(bytes.range(of: Data(cookie.dropFirst(7).utf8)) == nil, "\(file)")
                }

                let form = try #require(account.text.firstMatch(of: #/name="csrf" value="([^"]+)"/#)?.output.1)
                let out = try await site.client.send(
                    "POST", "/_logout", ["Cookie": cookie], body: Array("csrf=\(form)".utf8))
                #expect(out.status == 303 && out.cookies.contains { $0.hasPrefix("kozmic=;") })
                #expect(try await site.client.get(page, ["Cookie": cookie]).status == 404)
                #expect(try await site.store.peopleToCheck(before: .distantFuture).isEmpty)
            }
        }
    }

    @Test("a sign-in that this browser did not begin, that is too old, used, declined or refused says so")
    func refused() async throws {
        try await StandIn.with(callback: Self.callback) { gitHub in
            try await gitHub.browser("mona")
            try await Site.with(signIn: gitHub.oauth) { site in
                func expectRefusal(
                    _ path: String, _ cookie: String?, _ status: Int, _ words: String,
                    location: SourceLocation = #_sourceLocation
                ) async throws {
                    let answer = try await site.client.get(path, cookie.map { ["Cookie": $0] } ?? [:])
                    #expect(answer.status == status && answer.text.contains(words), sourceLocation: location)
                    #expect(answer.text.contains("href=\"/_login\""), sourceLocation: location)
                    #expect(!answer.cookies.contains { $0.hasPrefix("kozmic=") }, sourceLocation: location)
                }
                func begin() async throws -> (cookie: String, address: String) {
                    let begun = try await site.client.get("/_login")
                    return (Self.pair(try #require(begun.cookies.first)), try #require(begun.headers["location"]))
                }
                let unknown = "not known here"
                let mine = try await begin()
                let theirs = try await begin()
                let back = Self.local(try await gitHub.authorize(mine.address))
                try await expectRefusal(back, nil, 400, unknown)
                try await expectRefusal(back, theirs.cookie, 400, unknown)
                try await expectRefusal(back, "kozmic-login=AAAA", 400, unknown)
                try await expectRefusal("/_auth/callback", mine.cookie, 400, unknown)
                try await expectRefusal("/_auth/callback?code=x&state=", mine.cookie, 400, unknown)
                site.clock.advance(601)
                try await expectRefusal(back, mine.cookie, 400, unknown)

                let used = try await begin()
                let path = Self.local(try await gitHub.authorize(used.address))
                #expect(try await site.client.get(path, ["Cookie": used.cookie]).status == 303)
                try await expectRefusal(path, used.cookie, 403, "did not accept the code")
                // Another app's code, or one that somebody else began, does not fit this verifier.
                let other = try await begin()
                let stolen = try await gitHub.authorize(try await begin().address)
                let code = try #require(stolen.firstMatch(of: #/code=([a-z0-9]+)/#)?.output.1)
                let state = try #require(other.address.firstMatch(of: #/state=([A-Za-z0-9_-]+)/#)?.output.1)
                try await expectRefusal(
                    "/_auth/callback?code=\(code)&state=\(state)", other.cookie, 403, "did not accept the code")

                try await gitHub.browser(nil)
                let declined = try await begin()
                try await expectRefusal(
                    Self.local(try await gitHub.authorize(declined.address)), declined.cookie, 403, "declined")

                try await gitHub.browser("mona")
                try await gitHub.control(
                    "POST", "faults",
                    ["target": "request", "action": "status", "status": 502, "path": "/login/oauth/access_token"])
                let broken = try await begin()
                try await expectRefusal(
                    Self.local(try await gitHub.authorize(broken.address)), broken.cookie, 502, "could not be asked")
            }
            try await Site.with(signIn: gitHub.oauth(secret: "wrong")) { site in
                let (cookie, answer) = try await signIn(site, gitHub)
                #expect(cookie == nil && answer.status == 403)
            }
        }
    }

    @Test("without an app nobody can sign in, and nothing offers it")
    func withoutApp() async throws {
        try await Site.with { site in
            let answer = try await site.client.get("/_login")
            let list = try await site.client.get("/").text
            #expect(answer.status == 404 && !list.contains("/_login"))
        }
    }

    @Test("a session ends when it is not used, after a month in any case, and everywhere when its person says so")
    func sessions() async throws {
        try await Site.with { site in
            func isThere(_ person: SignedIn) async throws -> Bool {
                try await site.client.get("/_account", person.headers).status == 200
            }
            let day: TimeInterval = 86_400
            let idle = try await site.signIn(1, "mona")
            site.clock.advance(7 * day + 1)
            #expect(try await !isThere(idle))
            let used = try await site.signIn(1, "mona")
            for _ in 0..<5 {
                site.clock.advance(6 * day - 1)
                #expect(try await isThere(used))
            }
            site.clock.advance(10)
            #expect(try await !isThere(used))

            let one = try await site.signIn(1, "mona")
            let two = try await site.signIn(1, "mona")
            let other = try await site.signIn(2, "hubot")
            #expect(try await site.client.get("/_account", one.headers).text.contains("Sign out everywhere"))
            #expect(try await site.post("/_logout", as: one, fields: "everywhere=yes").status == 303)
            #expect(try await !isThere(one))
            #expect(try await !isThere(two))
            #expect(try await isThere(other))
            for wrong in ["kozmic=", "kozmic=x", "kozmic=\(String(repeating: "A", count: 43))", "kozmic"] {
                #expect(try await site.client.get("/_account", ["Cookie": wrong]).status == 404)
            }
        }
    }

    @Test("over TLS a cookie is for this very host only")
    func secureCookies() {
        let cookies = Cookies(isSecure: true)
        #expect(
            cookies.header("kozmic", "x", seconds: 5)
                == "__Host-kozmic=x; Path=/; Max-Age=5; HttpOnly; SameSite=Lax; Secure")
    }

    @Test(
        "after the sign-in a browser goes nowhere else",
        arguments: [
            ("/acme/widget?ref=main", "/acme/widget?ref=main"), ("//evil.example", "/"), ("https://evil.example", "/"),
            ("/\\evil.example", "/"), ("/\t/evil.example", "/"), ("", "/"), ("acme", "/"), ("/_login", "/"),
            ("/_auth/callback?code=x", "/"), ("/a b", "/"), ("/%2F/evil.example", "/%2F/evil.example"),
        ])
    func targets(wanted: String, target: String) {
        #expect(LocalAddress(wanted).path == target)
        #expect(LocalAddress(nil).path == "/")
        let external = "https://ci.example.org"
        #expect(
            LocalAddress(referer: external + wanted, externalURL: external, host: nil).path == target || wanted == "")
        #expect(
            LocalAddress(referer: "https://evil.example/acme", externalURL: external, host: "ci").path == "/")
        #expect(
            LocalAddress(referer: "\(external).evil.example/x", externalURL: external, host: nil).path == "/")
    }
}
