import Foundation
import Model
import Store
import Testing

@testable import GitHubSimulator
@testable import Web

@Suite("Pictures of authors on the pages")
struct AvatarTests {
    @Test("a picture is served from here, to those who see a build of its account")
    func served() async throws {
        try await Site.with { site in
            let records = try await site.declare([try Site.project("acme/widget"), try Site.project("acme/secret-one")])
            for (record, login) in zip(records, ["mona", "hubot"]) {
                try await site.build(record, author: "Mona Octocat", login: login)
                try await site.picture(of: login)
            }
            let member = try await site.signIn(1, "member")
            try await site.store.saveRoles(
                records[1].id, [RoleRecord(personID: 1, login: "member", level: .pull)], fulfils: 0)
            let page = try await site.client.get("/acme/widget/builds/1").text
            let path = try #require(page.firstMatch(of: #/<img src="([^"]+)" alt=""/#)?.output.1)
            #expect(path.hasPrefix("/acme/widget/avatars/mona?"))
            #expect(page.contains("aria-hidden=\"true\">MO<img"))
            #expect(try await site.client.get("/acme/widget/builds").text.contains(path))

            let answer = try await site.client.get(String(path))
            #expect(answer.status == 200 && answer.headers["content-type"] == "image/png")
            #expect(answer.headers["cache-control"] == "private, max-age=86400")
            #expect(answer.headers["content-security-policy"]?.contains("default-src 'none'") == true)
            let tag = try #require(answer.headers["etag"])
            let again = try await site.client.get(String(path), ["If-None-Match": tag])
            #expect(again.status == 304 && again.body.isEmpty)

            // A stranger learns nothing about whose commits a private project has.
            for path in [
                "/acme/secret-one/avatars/hubot", "/acme/secret-one/avatars/mona", "/acme/nothing/avatars/mona",
            ] {
                #expect(try await site.client.get(path).status == 404, "\(path)")
            }
            for path in ["/acme/widget/avatars/hubot", "/acme/widget/avatars/x", "/acme/widget/avatars/%2e%2e"] {
                #expect(try await site.client.get(path, member.headers).status == 404, "\(path)")
            }
            #expect(try await site.client.get("/acme/secret-one/avatars/hubot", member.headers).status == 200)
        }
    }

    @Test("until there is a picture, the page has initials and asks for nothing")
    func initials() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project, author: "Mona", login: "mona")
            let page = try await site.client.get("/acme/widget/builds/1").text
            #expect(page.contains("<span class=\"avatar\" aria-hidden=\"true\">M</span>Mona") && !page.contains("<img"))
            #expect(Avatar.initials("mona lisa octocat") == "MO" && Avatar.initials("<b>") == "B")
            #expect(Avatar.initials("  \u{202E}") == "?" && Avatar.initials("Ángel d'Or") == "ÁO")
        }
    }
}

extension Site {
    /// As if GitHub had given it.
    func picture(of login: String) async throws {
        let bytes = IdenticonPicture(seed: Array(login.utf8) + [7, 9, 1, 3, 30, 12], size: 64).png
        try await store.noteAvatar(
            try #require(AccountName(login)),
            .picture(AvatarPicture(type: "image/png", tag: Site.commit(login), bytes: bytes), nil))
    }
}
