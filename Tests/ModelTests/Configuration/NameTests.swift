import Foundation
import Model
import Testing

@Suite("Names of repositories, hooks and references")
struct NameTests {
    @Test("Repositories that GitHub has", arguments: ["acme/widget", "a/.github", "A-b/c_d.e", "x_corp/1", "a-/-"])
    func repositories(text: String) {
        #expect(RepositoryName(text)?.description == text)
    }

    @Test(
        "Texts that name no repository",
        arguments: [
            "", "acme", "acme/", "/x", "a/b/c", "a/..", "a/.", "-a/b", "_a/b", "a/b c", "a/ü", "a/b.git", "a/b\n",
            "https://github.com/a/b",
        ])
    func notRepositories(text: String) {
        #expect(RepositoryName(text) == nil)
    }

    @Test("Case does not tell repositories apart, and is kept")
    func letterCase() throws {
        let (one, other) = (try #require(RepositoryName("Acme/Widget")), try #require(RepositoryName("acme/widget")))
        #expect(one == other && Set([one, other]).count == 1 && one.description == "Acme/Widget")
        let copy = try JSONDecoder().decode(RepositoryName.self, from: JSONEncoder().encode(one))
        #expect(copy.description == "Acme/Widget")
    }

    @Test(
        "Hook ids",
        arguments: [("tests", true), ("a-1-", true), ("-a", false), ("A", false), ("a_b", false), ("", false)])
    func hooks(text: String, isID: Bool) {
        #expect((HookID(text) != nil) == isID)
        #expect(HookID(String(repeating: "a", count: 65)) == nil)
    }

    @Test("References name branches, tags and pull requests")
    func references() {
        #expect(GitRef("refs/heads/a/b").kind == .branch("a/b"))
        #expect(GitRef("refs/tags/v1").shortName == "v1")
        #expect(GitRef("refs/pull/17/head").shortName == "#17")
        #expect(GitRef("refs/pull/x/head").kind == .other && GitRef("refs/pull/head").kind == .other)
    }

    @Test("Each hook has its own webhook secret, the same whatever the case of the repository's letters")
    func secrets() throws {
        let key = try #require(SecretKey(bytes: [UInt8](repeating: 7, count: 32)))
        let (acme, tests, other) = (
            try #require(RepositoryName("acme/widget")), try #require(HookID("tests")), try #require(HookID("style"))
        )
        let secret = key.webhookSecret(acme, tests)
        let upperCase = try #require(RepositoryName("ACME/widget"))
        #expect(secret.utf8.count == 64 && secret == key.webhookSecret(upperCase, tests))
        #expect(secret != key.webhookSecret(acme, other))
        #expect(!"\(key)\(String(reflecting: key))".contains("7"))
        #expect(SecretKey(bytes: [1, 2, 3]) == nil)
    }
}
